"""Training as several processes: the equality and the throughput of one, two and four of them.

Each is the command `train` on a host of its own, for which an address of the loopback stands; each has one thread. Two
have half of the batch of one, four a quarter, so all take the same steps. All algorithms have their default sizes and
train on random walks; without dropout, because every process would draw its own. One process with two threads stands
beside them: it shows what the order of sums alone does to the weights, and is what two processes on one machine compete
with.

Runs take turns, so that a busy machine slows all. Times are medians over the epochs but each run's first. Beside them
stands what one process takes alone for its part of an epoch: all of it with such a batch, divided. The rest is
communication, work that is not divided, and waiting for a core if there are more processes than cores.

    .venv/bin/python -m benchmarks.processes [--processes 2 4] [--rounds 2] [--epochs 3] [--record]
"""

import math
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import cases, figures, options
from benchmarks.cases import Job
from benchmarks.hosts import Case, Trained, train
from seriesbox.sagemaker.machine import usable_cores

WEIGHT_TOLERANCE = 1e-4  # three times the difference that a second thread makes in one process


def train_all(job: Job, batch: int, processes: list[int], rounds: int, epochs: int) -> dict[Case, Trained]:
    """Train every case, in turns. The seconds are those of all rounds.

    There are one process, one with two threads, n processes, and one with the batch that each of these n has.
    """
    cases = {Case(1, batch), Case(1, batch, threads=2)}
    cases |= {Case(count, batch // n) for n in processes for count in (1, n)}
    trained: dict[Case, Trained] = {}
    for _ in range(rounds):
        for case in sorted(cases):
            with tempfile.TemporaryDirectory() as folder:
                result = train(Path(folder), job, case, epochs)
            trained.setdefault(case, result._replace(seconds=[])).seconds.extend(result.seconds)
    return trained


def compare(trained: dict[Case, Trained], batch: int, items: int) -> dict[str, Any]:
    """Return the figures of every case: its differences from one process with the whole batch, and its times.

    items: of an epoch.
    """
    one = trained[Case(1, batch)]
    differences, times = {}, {}
    for case in [case for case in trained if case.processes > 1 or case.batch == batch]:
        arrays = zip(trained[case][:3], one[:3], strict=True)
        largest = [float(np.abs(a - b).max()) for a, b in arrays]
        differences[str(case)] = dict(zip(("weights", "other_tensors", "metrics"), largest, strict=True))
        epoch, whole = median(trained[case].seconds), median(one.seconds)
        row = {"epoch_seconds": epoch, "items_per_second": items / epoch, "speed_up": whole / epoch}
        if case.processes > 1:
            part = median(trained[Case(1, case.batch)].seconds) / case.processes
            steps = math.ceil(items / batch)
            row |= {"part_alone_seconds": part, "rest_of_a_step_ms": 1000 * (epoch - part) / steps}
        times[str(case)] = row
    return {"gradients_mb": 4 * len(one.weights) / 1e6, "differences": differences, "times": times}


def main() -> None:
    """Print the tables. Exits with 1 if the weights of several processes are not those of one."""
    parser = options.parser(__doc__, "--algorithms", "--record")
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 4], help="numbers of processes beside one")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=3, help="of each run, two at least")
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows")
    given = parser.parse_args()
    measured: dict[str, Any] = {}
    for name in given.algorithms:
        algorithm = cases.load(name)
        rows = algorithm.parallel.rows[: int(given.share * len(algorithm.parallel.rows))]
        job, batch = algorithm.parallel._replace(rows=rows), int(algorithm.parallel.hyperparameters["batch-size"])
        trained = train_all(job, batch, given.processes, given.rounds, given.epochs)
        measured[name] = compare(trained, batch, algorithm.items(len(rows)))
    print("| largest difference | processes x batch | weights | other tensors | metrics |\n|---|---|---|---|---|")
    for name, case, row in _rows(measured, "differences"):
        print(f"| {name} | {case} | {' | '.join(f'{value:.1e}' for value in row.values())} |")
    columns = "epoch, s | items/s | speed-up | its part alone, s | the rest of a step, ms"
    print(f"\n| {usable_cores()} cores | processes x batch | {columns} |\n{'|---' * 7}|")
    for name, case, row in _rows(measured, "times"):
        cells = [f"{value:.2f}" for value in row.values()]
        print(f"| {name} | {case} | {' | '.join(cells)} |{' |' * (5 - len(cells))}")
    if given.record:
        figures.record("processes", measured)
    sys.exit(any(row["weights"] > WEIGHT_TOLERANCE for _, _, row in _rows(measured, "differences")))


def _rows(measured: dict[str, Any], kind: str) -> list[tuple[str, str, dict[str, float]]]:
    return [(name, case, row) for name, of_algorithm in measured.items() for case, row in of_algorithm[kind].items()]


if __name__ == "__main__":
    main()
