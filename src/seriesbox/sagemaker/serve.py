"""`serve`: the app under gunicorn."""

import os
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError

from seriesbox.errors import ArtifactError
from seriesbox.sagemaker.paths import Paths

if TYPE_CHECKING:
    from flask import Flask


class Server(BaseApplication):
    """gunicorn, configured here instead of by a file and a command line."""

    def load_config(self) -> None:
        for name, value in {
            "bind": f"0.0.0.0:{os.environ.get('SAGEMAKER_BIND_TO_PORT', '8080')}",
            "worker_class": "gthread",  # `/ping` answers while another thread predicts
            "threads": 8,
            "timeout": 0,  # a batch request may take as long as it needs
            "graceful_timeout": 25,  # seconds to finish requests after SIGTERM: SageMaker kills after 30
            "control_socket_disable": True,  # it would be a file in the home folder
        }.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        """Runs in the worker: torch is imported after the fork, since its threads do not survive one."""
        from seriesbox.artifact import load
        from seriesbox.sagemaker.app import create_app

        try:
            return create_app(load(Paths().model))
        except ArtifactError as error:
            raise AppImportError(str(error)) from None  # ends the server with the sentence alone


def main() -> None:
    """The console command. Exits with the reason when the model cannot be loaded."""
    Server().run()
