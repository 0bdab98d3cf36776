"""What it costs to train as several processes: the equality and the throughput of one, two and four of them.

Each is the command `train` of a host of its own, which an address of the loopback stands for; each has one thread. Two
have half of the batch of one, four a quarter, so all take the same steps. Both algorithms at their default sizes, on
random walks; without dropout, which every process draws for itself. One process with two threads stands beside them:
it shows what the order of sums alone does to the weights, and is what two processes on one machine compete with.

Runs take turns, so that a noisy machine slows all; times are medians over the epochs but each run's first. Beside
them stands what one process alone takes for its part of an epoch: all of it with such a batch, divided. The
rest is communication, work that is not divided, and, with more processes than cores, waiting for a core.

    .venv/bin/python -m benchmarks.processes [--rounds 2] [--epochs 3]
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.growth import walks
from demo.container import COMMANDS, lay_out
from demo.problems import Hyperparameters
from seriesbox.artifact import load
from seriesbox.tables.csv import write_csv

PROCESSES = (1, 2, 4)
TOLERANCE = 1e-4  # of weights: with two threads, one process differs from itself by a third of it
NETWORKS, FITTED = ("encoder.", "forecaster."), ("centroids", "gaussian.")


class Problem(NamedTuple):
    """What is trained, with the batch of all processes."""

    hyperparameters: Hyperparameters
    batch: int
    items: int  # series or windows
    body: bytes


class Case(NamedTuple):
    """Who trains."""

    processes: int
    batch: int  # of each
    threads: int = 1

    def __str__(self) -> str:
        return f"{self.processes} x {self.batch}{', two threads' if self.threads == 2 else ''}"


class Trained(NamedTuple):
    """What came of it; `seconds` are those of every epoch but the first."""

    weights: NDArray[np.float64]
    fitted: NDArray[np.float64]  # to what the network gives: centroids or Gaussian
    metrics: NDArray[np.float64]  # of every epoch
    seconds: list[float]


def problems() -> list[Problem]:
    """Epochs of a few seconds; the windows are those of the first four fifths."""
    series, rows = write_csv(walks(160, 100, axis=1).values), write_csv(walks(40_000, 1, axis=0).values)
    return [
        Problem({"model": "cnn-kmeans"}, 40, 160, series),
        Problem({"model": "lstm-ad", "dropout": 0}, 128, (32_000 - 110) // 10 + 1, rows),
    ]


def train(folder: Path, problem: Problem, case: Case, epochs: int) -> Trained:
    """By so many hosts."""
    hosts = [f"127.0.0.{number + 1}" for number in range(case.processes)]
    given = problem.hyperparameters | {"batch-size": case.batch, "epochs": epochs}
    started = []
    for host in hosts:
        tree = folder / host
        lay_out(tree, given, problem.body)
        resources = {"current_host": host, "hosts": hosts}
        (tree / "input" / "config" / "resourceconfig.json").write_text(json.dumps(resources))
        environment = os.environ | {"SAGEMAKER_BASE_DIR": str(tree), "OMP_NUM_THREADS": str(case.threads)}
        log = subprocess.PIPE if host == hosts[0] else subprocess.DEVNULL
        started.append(
            subprocess.Popen([COMMANDS / "train"], env=environment, stdout=log, stderr=subprocess.DEVNULL, text=True)
        )
    ends = [time.perf_counter() for line in started[0].stdout or [] if line.startswith("epoch:")]
    codes = [process.wait() for process in started]
    if any(codes):
        sys.exit("\n".join(file.read_text() for file in folder.glob("*/output/failure")))
    first = folder / hosts[0]
    tensors = load(first / "model").tensors
    metrics = np.genfromtxt(first / "output" / "data" / "metrics.csv", delimiter=",", skip_header=1)
    return Trained(flat(tensors, NETWORKS), flat(tensors, FITTED), metrics, np.diff(ends).tolist())


def flat(tensors: dict[str, NDArray[np.generic]], prefixes: tuple[str, ...]) -> NDArray[np.float64]:
    """All numbers of the tensors whose names begin so, in a row."""
    return np.concatenate([np.ravel(tensor) for name, tensor in sorted(tensors.items()) if name.startswith(prefixes)])


def runs(problem: Problem, rounds: int, epochs: int) -> dict[Case, Trained]:
    """All cases, with the times of all rounds."""
    cases = {Case(processes, problem.batch // count) for count in PROCESSES for processes in (1, count)}
    found: dict[Case, Trained] = {}
    for _ in range(rounds):
        for case in sorted(cases | {Case(1, problem.batch, threads=2)}):
            with tempfile.TemporaryDirectory() as folder:
                trained = train(Path(folder), problem, case, epochs)
            found.setdefault(case, trained._replace(seconds=[])).seconds.extend(trained.seconds)
    return found


def main() -> None:
    """Print the tables; exit with 1 where the processes' weights are not those of one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=3, help="of each run, two at least")
    options = parser.parse_args()
    equality, throughput, wrong = [], [], False
    for problem in problems():
        found = runs(problem, options.rounds, options.epochs)
        alone = Case(1, problem.batch)
        for case in (alone, alone._replace(threads=2), *(Case(each, problem.batch // each) for each in PROCESSES[1:])):
            head = f"| {problem.hyperparameters['model']} | {case} |"
            trained, one = found[case], found[alone]
            apart = [float(np.abs(a - b).max()) for a, b in zip(trained[:3], one[:3], strict=True)]
            wrong |= apart[0] > TOLERANCE
            equality.append(f"{head} {' | '.join(f'{each:.1e}' for each in apart)} |")
            epoch, whole = median(trained.seconds), median(one.seconds)
            cells = [f"{epoch:.2f}", f"{problem.items / epoch:.0f}", f"{whole / epoch:.2f}"]
            if case.processes > 1:
                part = median(found[Case(1, case.batch)].seconds) / case.processes
                rest = (epoch - part) / math.ceil(problem.items / problem.batch)  # of a step
                cells += [f"{part:.2f}", f"{1000 * rest:.0f}", f"{4 * len(trained.weights) / 1e6:.2f}"]
            throughput.append(f"{head} {' | '.join(cells)} |{' |' * (6 - len(cells))}")
    print("| largest difference | processes x batch | weights | centroids or Gaussian | metrics |")
    print("|---" * 5 + "|", *equality, sep="\n")
    columns = "epoch, s | items/s | speed-up | its part alone, s | the rest of a step, ms | gradients, MB"
    print(f"\n| {len(os.sched_getaffinity(0))} cores | processes x batch | {columns} |")
    print("|---" * 8 + "|", *throughput, sep="\n")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
