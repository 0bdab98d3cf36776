"""`seriesbox serve`: the server of a model in any folder."""

import socket
from dataclasses import replace
from pathlib import Path

from seriesbox.artifact import load
from seriesbox.errors import UserError
from seriesbox.extras import require
from seriesbox.files import printable
from seriesbox.threads import let_threads_sleep


def serve(folder: Path, host: str, port: int) -> None:
    """Serve until the process is told to stop. Raises ArtifactError if there is no model, and UserError."""
    require("serve", "serve")
    from seriesbox.sagemaker.serving.server import Server
    from seriesbox.sagemaker.serving.settings import ServerSettings

    check_address(host, port)
    load(folder)  # a worker that cannot load it would say so too, but with gunicorn's words around it
    let_threads_sleep()
    try:
        settings = ServerSettings.read()
    except ValueError as error:
        raise UserError(str(error)) from None
    Server(replace(settings, port=port, many_models=False), folder, host).run()


def check_address(host: str, port: int) -> None:
    """Raise UserError if nothing can listen there. gunicorn would try for seconds, and say so in its log alone."""
    if not host:
        raise UserError("`--host` is empty: leave it out, or give 0.0.0.0 for all addresses.")
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no name of a host"
        raise UserError(f"{printable(host)}, port {port}, is no address to listen at: {reason}.") from None
