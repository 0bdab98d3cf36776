"""What memory training data takes: before it is read, at the peak of reading and scaling it, once it can be trained on.

Each case is a process of its own that trains until its first step: generated CSV files in the channel, read and fitted
as a training job does. The network is as small as can be, so that what is measured is the data.

    .venv/bin/python -m benchmarks.memory [--folder FOLDER] [--share 1.0]
"""

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from seriesbox.algorithm import estimator, predictor
from seriesbox.sagemaker.channels import read_channels
from seriesbox.sagemaker.machine import resident
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.training import Run

SMALLEST: dict[str, dict[str, Any]] = {
    "cnn-kmeans": {"clusters": 2, "blocks": 1, "filters": 2, "reduced-size": 2, "output-size": 4},
    "lstm-ad": {"hidden-size": 1, "num-layers": 1},
}
ROWS_AT_ONCE = 100_000


class Memory(NamedTuple):
    """Resident bytes, and how long it took."""

    before: int
    peak: int
    after: int
    seconds: float


def write(file: Path, rows: int, columns: int) -> None:
    """A table of normal numbers, in the digits that a float32 has."""
    random = np.random.default_rng(0)
    with file.open("wb") as stream:
        for first in range(0, rows, ROWS_AT_ONCE):
            values = random.normal(size=(min(ROWS_AT_ONCE, rows - first), columns)).astype(np.float32)
            stream.write(write_csv(values))


def peak() -> int:
    """The most that was resident at once; unlike `getrusage`, without what the parent process had."""
    status = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in status if line.startswith("VmHWM")).split()[1])


def train(base: str, name: str) -> Memory:
    """Until the first step."""
    os.environ["SAGEMAKER_BASE_DIR"] = base
    algorithm, its = estimator(name), predictor(name)
    hyperparameters = its.Hyperparameters.parse(SMALLEST[name])
    # First in small, so that what the libraries themselves take is not counted.
    little = parse_csv(write_csv(np.random.default_rng(0).normal(size=(2000, 4))), "some rows")
    algorithm.fit(hyperparameters, [little], [], Run(stopped=lambda: True))
    before, started = resident(), time.perf_counter()
    seen: list[Memory] = []

    def stopped() -> bool:
        if not seen:
            seen.append(Memory(before, peak(), resident(), time.perf_counter() - started))
        return True

    run = Run(stopped=stopped)
    faults = partial(algorithm.faults, hyperparameters, run.group)
    training, validation = read_channels(Paths(), its.rows_are_independent, faults)
    algorithm.fit(hyperparameters, training, validation, run)
    return seen[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where there is room for 1 GB of CSV, for a while")
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    options = parser.parse_args()
    print("| data | files | CSV, MB | as float32, MB | before, MB | peak, MB | after, MB | peak | after | seconds |")
    print("|---" * 10 + "|")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name, of_all, columns, files in (
            ("cnn-kmeans", 1_000_000, 100, 1),
            ("cnn-kmeans", 1_000_000, 100, 1000),
            ("lstm-ad", 10_000_000, 4, 1),
            ("lstm-ad", 10_000_000, 4, 1000),
        ):
            rows = int(options.share * of_all)
            with tempfile.TemporaryDirectory(dir=options.folder) as base:
                channel, config = Path(base, "input", "data", "training"), Path(base, "input", "config")
                channel.mkdir(parents=True)
                config.mkdir()
                (config / "inputdataconfig.json").write_text(json.dumps({}))
                for number in range(files):
                    write(channel / f"{number:04}.csv", rows // files, columns)
                written = sum(file.stat().st_size for file in channel.iterdir())
                memory = pool.apply(train, (base, name))
            data = 4 * rows * columns
            sizes = [each // 1_000_000 for each in (written, data, memory.before, memory.peak, memory.after)]
            times = [f"{(each - memory.before) / data:.2f} x" for each in (memory.peak, memory.after)]
            cells = [f"{name}, {rows:,} x {columns}", files, *sizes, *times, f"{memory.seconds:.0f}"]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
