"""`seriesbox serve`: the server of a model in any folder."""

from dataclasses import replace
from pathlib import Path

from seriesbox.artifact import load
from seriesbox.errors import UserError
from seriesbox.extras import require
from seriesbox.sagemaker.machine import let_threads_sleep


def serve(folder: Path, host: str, port: int) -> None:
    """Serve until the process is told to stop. Raises ArtifactError if there is no model, and UserError."""
    require("serve", "serve")
    from seriesbox.sagemaker.serving.server import Server
    from seriesbox.sagemaker.serving.settings import ServerSettings

    load(folder)  # a worker that cannot load it would say so too, but with gunicorn's words around it
    let_threads_sleep()
    try:
        settings = ServerSettings.read()
    except ValueError as error:
        raise UserError(str(error)) from None
    Server(replace(settings, port=port, many_models=False), folder, host).run()
