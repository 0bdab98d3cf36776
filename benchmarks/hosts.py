"""Several hosts that train one model together, each of them the command `train` on this machine."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.cases import Job
from demo.container import COMMANDS, csv, lay_out
from seriesbox.artifact import load


class Case(NamedTuple):
    """A number of processes that train together."""

    processes: int
    batch: int  # of each
    threads: int = 1

    def __str__(self) -> str:
        return f"{self.processes} x {self.batch}{', two threads' if self.threads == 2 else ''}"


class Trained(NamedTuple):
    """A model, and how it was trained."""

    weights: NDArray[np.float64]  # of its network
    buffers: NDArray[np.float64]  # what it has learnt without gradients
    metrics: NDArray[np.float64]  # of every epoch
    seconds: list[float]  # of every epoch except the first


def train(folder: Path, job: Job, case: Case, epochs: int) -> Trained:
    """Train on as many hosts as the case has processes. Exits with the reason if a host fails."""
    hosts = [f"127.0.0.{number + 1}" for number in range(case.processes)]
    hyperparameters = job.hyperparameters | {"batch-size": case.batch, "epochs": epochs}
    processes = []
    for host in hosts:
        opt_ml = folder / host
        lay_out(opt_ml, hyperparameters, csv(job.rows))
        resources = {"current_host": host, "hosts": hosts}
        (opt_ml / "input" / "config" / "resourceconfig.json").write_text(json.dumps(resources))
        environment = os.environ | {"SAGEMAKER_BASE_DIR": str(opt_ml), "OMP_NUM_THREADS": str(case.threads)}
        log = subprocess.PIPE if host == hosts[0] else subprocess.DEVNULL
        processes.append(
            subprocess.Popen([COMMANDS / "train"], env=environment, stdout=log, stderr=subprocess.DEVNULL, text=True)
        )
    ends = [time.perf_counter() for line in processes[0].stdout or [] if line.startswith("epoch:")]
    codes = [process.wait() for process in processes]
    if any(codes):
        sys.exit("\n".join(file.read_text() for file in folder.glob("*/output/failure")))
    first = folder / hosts[0]
    model = load(first / "model").estimator()
    assert isinstance(model, nn.Module)
    metrics = np.genfromtxt(first / "output" / "data" / "metrics.csv", delimiter=",", skip_header=1)
    return Trained(_flat(model.parameters()), _flat(model.buffers()), metrics, np.diff(ends).tolist())


def _flat(tensors: Iterable[Tensor]) -> NDArray[np.float64]:
    """Return the numbers of all tensors in a row."""
    return np.concatenate([tensor.numpy(force=True).ravel() for tensor in tensors])
