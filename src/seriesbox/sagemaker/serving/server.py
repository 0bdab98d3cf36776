"""The app under gunicorn."""

import os
import resource
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError

from seriesbox.errors import ArtifactError
from seriesbox.extras import is_installed
from seriesbox.sagemaker.device import find_device
from seriesbox.sagemaker.machine import memory_limit, resident_memory
from seriesbox.sagemaker.serving.log import ServerLogger, log
from seriesbox.sagemaker.serving.settings import ServerSettings
from seriesbox.sagemaker.serving.worker import Worker

if TYPE_CHECKING:
    from flask import Flask

SPARE_THREADS = 8  # beside those of the queue: to say that it is full, and to load models
MAX_WAITING = 1000  # connections that wait for their clients
SPARE_FILES = 200
CPU_COMPUTES = (
    "So the CPU computes. An endpoint's production variant gets a newer driver by its `InferenceAmiVersion`; for a "
    "batch job take an instance without a GPU."
)


class Server(BaseApplication):
    """gunicorn, configured here instead of by a file and a command line."""

    def __init__(self, settings: ServerSettings, model: Path, host: str = "0.0.0.0") -> None:
        self.settings, self.model, self.host = settings, model, host
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"[{self.host}]:{self.settings.port}" if ":" in self.host else f"{self.host}:{self.settings.port}",
            "workers": self.settings.workers,
            "worker_class": Worker,  # of threads: one can answer while another one predicts
            "threads": self.settings.queue + SPARE_THREADS,
            "worker_connections": self.settings.queue + _max_waiting(),
            "timeout": 0,  # a batch request may take as long as it needs
            "graceful_timeout": 25,  # seconds to finish requests after SIGTERM: SageMaker kills after 30
            "keepalive": 75,  # seconds; SageMaker's client keeps connections for 60
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
            "logger_class": ServerLogger,
            "control_socket_disable": True,  # it would be a file in the home folder
        }.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        """Return the app, in the worker: what computes is imported after the fork, since threads do not survive one."""
        started = time.perf_counter()
        from seriesbox.sagemaker.serving.app import create_app
        from seriesbox.sagemaker.serving.memory import Memory
        from seriesbox.sagemaker.serving.models import LoadedModel, Models

        only = None
        if not self.settings.many_models:
            try:
                only = LoadedModel.of("model", str(self.model), self.settings)
            except ArtifactError as error:
                raise AppImportError(str(error)) from None  # ends the server with the sentence alone
        memory = Memory(memory_limit() // self.settings.workers - resident_memory())
        device = find_device(self.settings.gpu)
        log(
            "start",
            **{each: version(each) for each in ("seriesbox", "onnxruntime", "torch") if is_installed(each)},
            **vars(self.settings),
            device=device.name,
            algorithm=only.algorithm if only else None,
            network=type(only.predictor.network).__name__ if only else None,
            hyperparameters=only.predictor.hyperparameters.to_dict() if only else None,
            seconds=round(time.perf_counter() - started, 2),
        )
        if device.obstacle:
            log("warning", message=f"{device.obstacle} {CPU_COMPUTES}")
        if self.settings.page:
            log("page", message=f"Open http://localhost:{self.settings.port}/ in a browser to try the model.")
        return create_app(self.settings, memory, Models(self.settings, memory), only)


def _max_waiting() -> int:
    """Return how many connections may wait: each needs a file for itself, and one for its answer."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MAX_WAITING, max(SPARE_FILES, files - SPARE_FILES) // 2)
