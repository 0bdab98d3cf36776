"""An `/opt/ml` tree, and the two commands run on it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.forked import ForkServer, Process
from tests.server import Server, running

COMMANDS = Path(sys.executable).parent
SERVE = COMMANDS / "serve"
TRAIN = "from seriesbox.sagemaker.training.command import main; main()"  # the program of the command `train`
# Small models, so that a training takes no time.
CNN = {"model": "cnn-kmeans", "clusters": "2", "blocks": "1", "filters": "4", "reduced-size": "4", "output-size": "4"}
LSTM = {"model": "lstm-ad", "context-length": "20", "prediction-length": "5", "hidden-size": "4"}
INTERRUPTED = """
import os, signal
from seriesbox.sagemaker.training.command import main
from seriesbox.sagemaker.training.report import Report

def epoch(self, number, values, epoch=Report.epoch):
    epoch(self, number, values)
    if number == {epoch}:
        os.kill(os.getpid(), signal.{signal})

Report.epoch = epoch
main()
"""


def interrupted(signal: str, epoch: int) -> str:
    """Return the program of a job that sends itself a signal at the end of an epoch."""
    return INTERRUPTED.format(signal=signal, epoch=epoch)


class Job:
    """An `/opt/ml` tree in a temporary folder, of one host and without data."""

    def __init__(self, base: Path, fork_server: ForkServer):
        self.base = base
        self._fork_server = fork_server
        self.config = base / "input" / "config"
        self.config.mkdir(parents=True)
        self.model = base / "model"
        self.checkpoints = base / "checkpoints"
        self.failure = base / "output" / "failure"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "SAGEMAKER_BASE_DIR": str(base),
            "SAGEMAKER_BIND_TO_PORT": str(self.port),
            "OMP_NUM_THREADS": "1",  # several threads on a busy machine wait for each other
        }
        self.set(hyperparameters={})
        self.configure("resourceconfig", current_host="algo-1", hosts=["algo-1"])
        self.configure("inputdataconfig")

    @property
    def checkpoint_files(self) -> list[Path]:
        return sorted(self.checkpoints.glob("*.safetensors"))

    @property
    def outcome(self) -> tuple[bytes, str]:
        """Every byte of the model, and the metrics of every epoch."""
        return (self.model / "model.safetensors").read_bytes(), (self.base / "output/data/metrics.csv").read_text()

    def set(self, hyperparameters: dict[str, str]) -> None:
        self.configure("hyperparameters", **hyperparameters)

    def configure(self, name: str, /, **content: Any) -> None:
        """Write one of SageMaker's files of configuration."""
        (self.config / f"{name}.json").write_text(json.dumps(content))

    def channel(self, name: str) -> Path:
        return self.base / "input" / "data" / name

    def put(self, channel: str, name: str, body: bytes) -> None:
        file = self.channel(channel) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command, the real one, to its end."""
        return subprocess.run(
            [COMMANDS / command], env=self.environment, capture_output=True, text=True, timeout=100, check=False
        )

    def start(self, program: str = TRAIN, folder: Path | None = None, **environment: str) -> Process:
        """Run a program in a process that has imported all that a training needs. Its output goes to the folder."""
        return self._fork_server.start(program, self.environment | environment, folder or self.base)

    def train(self) -> Process:
        """Do what `train` does, to its end."""
        process = self.start()
        assert process.returncode is not None
        return process

    def serve(self, command: Sequence[str | Path] = (SERVE,), **environment: str) -> AbstractContextManager[Server]:
        """Return a context in which the model is served."""
        return running(command, self.environment | environment, self.port, self.base / "serve.log")
