"""A training job that can be stopped at any moment, and asked what it is doing."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import SafetensorError, safe_open

from benchmarks.cases import Job
from demo.container import csv, lay_out
from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.tables.table import Table

Result = tuple[bytes, bytes]  # model and metrics

# The command `train`, which writes its stack into a file when it gets SIGUSR1.
TRAIN = """
import faulthandler, signal, sys
from seriesbox.sagemaker.training.command import main
faulthandler.register(signal.SIGUSR1, open(sys.argv.pop(1), "w"), all_threads=False)
main()
"""
WHOLE_STACK = re.compile(r'(  File "<string>", .*|  \.\.\.)\n$')  # to its end, or a hundred calls
CALL = re.compile(r'File "(?:.*/)?(.+?)(?:\.py)?", line \d+ in (\w+)$', re.MULTILINE)
PHASES = {  # by the first of these functions that is in the stack
    "run.or_quickly": "K-Means, or the errors for the Gaussian",
    "estimator.evaluate": "metrics",
    "training.end_epoch": "metrics",
    "training_state.save": "writes a checkpoint",
    "training.optimize": "a step",
    "job._runtime": "saves the model",
    "artifact.save": "saves the model",
    "<frozen importlib._bootstrap>._find_and_load": "imports",
    "channels.read_channels": "reads data",
    "estimator.fit": "before or after the epochs",
}
NOT_LISTENING = "Python starts"
OTHER = "starts or ends"
SECONDS_TO_SAY = 1


class StoppableJob(NamedTuple):
    """A job whose every step is saved as a checkpoint, in a folder of its own."""

    folder: Path
    job: Job

    def reset(self) -> None:
        """Begin again: with the data only."""
        lay_out(self.folder, self.job.hyperparameters, csv(self.job.rows))
        (self.folder / "checkpoints").mkdir()

    def start(self) -> subprocess.Popen[str]:
        """Start a training, with nothing left of the one before it but its checkpoints."""
        self.stack.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "model", ignore_errors=True)
        shutil.rmtree(self.folder / "output", ignore_errors=True)
        settings = {"SAGEMAKER_BASE_DIR": str(self.folder), "SERIESBOX_CHECKPOINT_SECONDS": "0", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", TRAIN, str(self.stack)]
        with self.log.open("w") as log:
            return subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log, text=True)

    @property
    def log(self) -> Path:
        """The file with the log of the training."""
        return self.folder / "log"

    @property
    def stack(self) -> Path:
        """The file into which the training writes its stack."""
        return self.folder / "stack"

    def wait_for_log(self, process: subprocess.Popen[str]) -> None:
        """Return when the log has a line."""
        while process.poll() is None and not self.log.stat().st_size:
            time.sleep(0.01)

    def phase(self, process: subprocess.Popen[str]) -> str:
        """Return what the training is doing."""
        process.send_signal(signal.SIGUSR1)
        deadline, stack = time.monotonic() + SECONDS_TO_SAY, ""
        while process.poll() is None and self.stack.exists() and time.monotonic() < deadline:
            if WHOLE_STACK.search(stack := self.stack.read_text()):
                break
            time.sleep(0.001)
        calls = {".".join(call) for call in CALL.findall(stack)}
        phases = (phase for function, phase in PHASES.items() if function in calls)
        return next(phases, OTHER if stack else NOT_LISTENING)

    def result(self) -> Result:
        """Return every byte that must not depend on stops."""
        model, metrics = self.folder / "model/model.safetensors", self.folder / "output/data/metrics.csv"
        return model.read_bytes(), metrics.read_bytes()

    def has_usable_model(self) -> bool:
        """Return whether there is a model that predicts."""
        answer = predict(load(self.folder / "model").predictor(), Table.of(self.job.rows))
        return bool(np.isfinite(answer[-1]).all())

    def has_reason(self) -> bool:
        """Return whether the failure file says that there was nothing to save yet."""
        failure = self.folder / "output" / "failure"
        return failure.exists() and failure.read_text() == STOPPED_BEFORE_TRAINING

    def has_readable_checkpoint(self) -> bool:
        """Return whether the newest checkpoint, if there is one, is whole."""
        files = sorted((self.folder / "checkpoints").glob("*.safetensors"))
        try:
            for file in files[-1:]:
                with safe_open(file, framework="np") as opened:
                    return bool(opened.metadata())
        except (OSError, SafetensorError):
            return False
        return True
