"""`serve`: the app under gunicorn."""

import os
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError

from seriesbox.errors import ArtifactError
from seriesbox.sagemaker.command_line import unexpected_arguments
from seriesbox.sagemaker.device import find_device
from seriesbox.sagemaker.machine import let_threads_sleep, memory_limit, resident_memory
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.serving.log import ServerLogger, log
from seriesbox.sagemaker.serving.settings import ServerSettings
from seriesbox.sagemaker.serving.worker import Worker

if TYPE_CHECKING:
    from flask import Flask

USAGE = """
usage: serve

Serves the model in model/ of the base folder, which is /opt/ml or what SAGEMAKER_BASE_DIR names: GET /ping, POST
/invocations, GET /execution-parameters. The model is the two files that `train` writes, unpacked. SIGTERM ends the
server once the requests it has are answered.

environment variables:
    SAGEMAKER_BASE_DIR                      the base folder
    SAGEMAKER_BIND_TO_PORT                  port
    MAX_CONTENT_LENGTH                      largest request in bytes; 0: memory alone is the limit
    SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT    format of an answer if the request asks for none
    SAGEMAKER_MODEL_SERVER_WORKERS          processes, each with its own copy of the model
    OMP_NUM_THREADS                         threads of one prediction
    SERIESBOX_PAGE                          true or false: whether GET / answers with a page to try the model. Without
                                            it there is one unless AWS_REGION, SAGEMAKER_BATCH or
                                            AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, as on SageMaker
    SERIESBOX_QUEUE                         requests at once, beyond which the answer is 503
    TMPDIR                                  folder for answers over 256 KB, until they are sent
    SAGEMAKER_MULTI_MODEL                   true: models are loaded and unloaded by requests to /models
    SAGEMAKER_BATCH                         true: the server of a batch job, which SageMaker configures by
    SAGEMAKER_BATCH_STRATEGY, SAGEMAKER_MAX_CONCURRENT_TRANSFORMS
"""
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
            "bind": f"{self.host}:{self.settings.port}",
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
            **{package: version(package) for package in ("seriesbox", "onnxruntime", "torch")},
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


def main() -> None:
    """Serve, as the console command. Exits with the reason if the model cannot be loaded."""
    if excess := unexpected_arguments("serve", USAGE):
        sys.exit(excess)
    let_threads_sleep()
    try:
        settings = ServerSettings.read()
    except ValueError as error:
        sys.exit(str(error))
    Server(settings, Paths().model).run()
