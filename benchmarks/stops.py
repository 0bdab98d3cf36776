"""A training that is ended again and again at random moments, by SIGTERM and by SIGKILL, and started again each time.

In the end its model and metrics must be, byte for byte, those of the training that nothing ended. On the way every
stop by SIGTERM, whether or not a second one follows, must end with 0 and a model that can be used, or, before there is
anything to save, with 1 and a sentence; and the newest checkpoint can be read, whenever the end came. Every step is
kept, so many ends come while a checkpoint is written. What a process was doing, it says itself: `faulthandler` writes
down where it is.

    .venv/bin/python -m benchmarks.stops [--stops 200] [--seed 0]
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError, safe_open

from demo.container import lay_out
from demo.problems import Hyperparameters
from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table

Outcome = tuple[bytes, bytes]

TRAIN = """
import faulthandler, signal, sys
from seriesbox.sagemaker.training.command import main
faulthandler.register(signal.SIGUSR1, open(sys.argv[1], "w"), all_threads=False)
main()
"""  # the command `train`, and where it is
PHASES = {  # by the first of these functions that is being called
    "finished": "K-Means or Gaussian",
    "evaluate": "metrics",
    "end_epoch": "metrics",
    "keep": "writes a checkpoint",
    "optimize": "a step",
    "_runtime": "saves the model",
    "save": "saves the model",
    "_find_and_load": "imports",
    "read_channels": "reads data",
    "fit": "prepares data",
    "": "starts or ends",
}
EARLY = "Python starts"  # and does not listen yet
SOON = 0.25  # share of the stops that may come before the first line of the log


class Job(NamedTuple):
    """A training, and what it is like when nothing stops it."""

    folder: Path
    table: Table
    start: float  # seconds until the first line of its log
    rest: float  # and from there on
    expected: Outcome


@dataclass
class Found:
    """What was seen of one algorithm."""

    stops: Counter[tuple[str, str]] = field(default_factory=Counter)  # by what it was doing, and how it ended
    faults: Counter[str] = field(default_factory=Counter)
    trainings: int = 0
    slowest: tuple[float, str] = (0.0, "")  # seconds from SIGTERM to the end, and what it was doing

    def fault(self, what: str, is_one: bool) -> None:
        """Count what should not be."""
        if is_one:
            self.faults[what] += 1


def problems() -> dict[str, tuple[Hyperparameters, np.ndarray]]:
    """Hyperparameters that train for a second or two, and data."""
    dice = np.random.default_rng(0)
    series = np.sin(dice.uniform(0, 6, (200, 1)) + np.arange(40) * dice.choice([0.5, 1.5], (200, 1)))
    wave = np.sin(np.arange(8_000) / 5)[:, None] + dice.normal(0, 0.05, (8_000, 1))
    sizes: Hyperparameters = {"clusters": 8, "blocks": 2, "filters": 8, "reduced-size": 8, "output-size": 8}
    lengths: Hyperparameters = {"context-length": 50, "prediction-length": 5, "hidden-size": 8}
    return {
        "cnn-kmeans": (sizes | {"epochs": 3, "batch-size": 20}, series),
        "lstm-ad": (lengths | {"epochs": 3, "batch-size": 64}, wave),
    }


def start(folder: Path) -> subprocess.Popen[str]:
    """A training whose every step is kept, with nothing left of the one before but its checkpoints."""
    (folder / "where").unlink(missing_ok=True)
    shutil.rmtree(folder / "model", ignore_errors=True)
    shutil.rmtree(folder / "output", ignore_errors=True)
    environment = os.environ | {"SAGEMAKER_BASE_DIR": str(folder), "SERIESBOX_CHECKPOINT_SECONDS": "0"}
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-c", TRAIN, folder / "where"],
            env=environment | {"OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
            text=True,
        )


def outcome(folder: Path) -> Outcome:
    """Every byte that counts."""
    return (folder / "model/model.safetensors").read_bytes(), (folder / "output/data/metrics.csv").read_bytes()


def readable(file: Path) -> bool:
    """Whether a checkpoint is whole."""
    try:
        with safe_open(file, framework="np") as opened:
            return bool(opened.metadata())
    except (OSError, SafetensorError):
        return False


def usable(job: Job) -> bool:
    """Whether a model is there that predicts."""
    return bool(np.isfinite(predict(load(job.folder / "model").predictor(), job.table)[-1]).all())


def gave_its_reason(job: Job) -> bool:
    """Whether the failure file says that there was nothing to save yet."""
    failure = job.folder / "output" / "failure"
    return failure.exists() and failure.read_text() == STOPPED_BEFORE_TRAINING


def first_line(folder: Path, process: subprocess.Popen[str]) -> None:
    """Return when there is one in the log."""
    while process.poll() is None and not (folder / "log").stat().st_size:
        time.sleep(0.01)


def phase(folder: Path, process: subprocess.Popen[str]) -> str:
    """What the process is doing."""
    process.send_signal(signal.SIGUSR1)
    said, deadline, stack = folder / "where", time.monotonic() + 1, ""
    while process.poll() is None and said.exists() and time.monotonic() < deadline:
        if re.search(
            r'(  File "<string>", .*|  \.\.\.)\n$', stack := said.read_text()
        ):  # to the end, or a hundred calls
            break
        time.sleep(0.001)
    calls = ["", *re.findall(r" in (\w+)$", stack, re.MULTILINE)]
    return next(name for function, name in PHASES.items() if function in calls) if stack else EARLY


def ended(job: Job, dice: random.Random, found: Found) -> bool:
    """Whether the training came to its end before a signal did; what a stop left is counted, and checked."""
    process, number = start(job.folder), dice.choice([signal.SIGTERM, signal.SIGKILL])
    soon = dice.random() < SOON
    if not soon:
        first_line(job.folder, process)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=dice.uniform(0, job.start if soon else job.rest))
    doing = phase(job.folder, process)
    if process.poll() is not None:
        found.fault("a training failed by itself", process.returncode != 0)
        return True
    asked = time.perf_counter()
    process.send_signal(number)
    try:
        code = process.wait(timeout=dice.uniform(0, 0.2))
    except subprocess.TimeoutExpired:
        process.send_signal(number)  # a second one changes nothing
        code = process.wait()
    found.stops[doing, f"{number.name}, exit code {code}"] += 1
    if number == signal.SIGTERM:
        found.slowest = max(found.slowest, (time.perf_counter() - asked, doing))
        found.fault("a model that cannot be used", code == 0 and not usable(job))
        found.fault("no reason given", code != 0 and doing != EARLY and not (code == 1 and gave_its_reason(job)))
    checkpoints = sorted((job.folder / "checkpoints").glob("*.safetensors"))
    found.fault("the newest checkpoint cannot be read", bool(checkpoints) and not readable(checkpoints[-1]))
    return False


def stop(name: str, hyperparameters: Hyperparameters, values: np.ndarray, stops: int, seed: int) -> Found:
    """Trainings from their beginnings to their ends, until so many stops have come on the way."""
    found, dice = Found(), random.Random(f"{seed} {name}")
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "ml"

        def fresh() -> None:
            lay_out(folder, hyperparameters, write_csv(values))
            (folder / "checkpoints").mkdir()

        fresh()
        times = [time.perf_counter()]
        process = start(folder)
        first_line(folder, process)
        times.append(time.perf_counter())
        if process.wait():
            sys.exit((folder / "log").read_text())
        times.append(time.perf_counter())
        job = Job(folder, Table.of(values), times[1] - times[0], times[2] - times[1], outcome(folder))
        while found.stops.total() < stops:
            fresh()
            while not ended(job, dice, found):
                pass
            found.trainings += 1
            found.fault("another outcome", outcome(folder) != job.expected)
    return found


def main() -> None:
    """Print what was found; exit with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=int, default=200, help="for both algorithms together, at least")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # so is it in a process that is not ready for it
    torch.set_num_threads(1)
    with ThreadPoolExecutor() as pool:  # both at once
        jobs = {
            name: pool.submit(stop, name, *problem, arguments.stops // 2, arguments.seed)
            for name, problem in problems().items()
        }
    for name, found in ((name, job.result()) for name, job in jobs.items()):
        endings = sorted({ending for _, ending in found.stops})
        print(f"| {name} was stopped while | {' | '.join(endings)} |\n{'|---' * (1 + len(endings))}|")
        for doing in sorted({doing for doing, _ in found.stops}):
            print(f"| {doing} | {' | '.join(str(found.stops[doing, ending]) for ending in endings)} |")
        faults = ", ".join(f"{count} x {what}" for what, count in found.faults.items())
        seconds, doing = found.slowest
        print(f"\n{found.stops.total()} stops of {found.trainings} trainings; faults: {faults or 'none'}")
        print(f"SIGTERM took {seconds:.2f} s at most: {doing}\n", flush=True)
    sys.exit(any(job.result().faults for job in jobs.values()))


if __name__ == "__main__":
    main()
