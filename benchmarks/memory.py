"""What memory a training job takes: before its data is read, at the peak of reading and scaling it, once it can be
trained on, and at the most until its end.

Each case is a process of its own, at default sizes: generated CSV files in the channel, read and fitted as a training
job does. Its epoch ends after one step, as `max-seconds` ends one; what then follows is whole.

    .venv/bin/python -m benchmarks.memory [--folder FOLDER] [--share 1.0]
"""

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from seriesbox.agreement import difference
from seriesbox.algorithm import estimator_class, predictor_class
from seriesbox.sagemaker.machine import resident_memory
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.training import Run

ROWS_AT_ONCE = 100_000


class Memory(NamedTuple):
    """Resident bytes, and how long it took."""

    before: int
    peak: int
    after: int
    whole: int  # the peak of the whole job
    seconds: float  # to read
    end: float  # seconds to take a step, and all that follows


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
    """One step, and what ends a job."""
    os.environ["SAGEMAKER_BASE_DIR"] = base
    torch.set_num_threads(1)  # several on a busy machine wait for each other
    algorithm, its = estimator_class(name), predictor_class(name)
    hyperparameters = its.Hyperparameters.parse({"max-seconds": 1})
    run = Run(began=time.monotonic() - 2)
    # First in small, so that what the libraries themselves take is not counted.
    little = parse_csv(write_csv(np.random.default_rng(0).normal(size=(2000, 4))), "some rows")
    difference(algorithm.fit(hyperparameters, [little], [], run))
    Path("/proc/self/clear_refs").write_text("5")  # its peak is forgotten
    before, started = resident_memory(), time.perf_counter()
    read: list[tuple[int, int, float]] = []

    def stopped() -> bool:
        if not read:
            read.append((peak(), resident_memory(), time.perf_counter()))
        return False

    faults = partial(algorithm.faults, hyperparameters, run.group)
    training, validation = read_channels(Paths(), its.rows_are_independent, faults)
    difference(algorithm.fit(hyperparameters, training, validation, replace(run, stopped=stopped)))
    of_reading, after, trainable = read[0]
    return Memory(before, of_reading, after, peak(), trainable - started, time.perf_counter() - trainable)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where there is room for 1 GB of CSV, for a while")
    parser.add_argument("--share", type=float, default=1.0, help="of the rows")
    options = parser.parse_args()
    sizes = "CSV, MB | as float32, MB | before, MB | peak, MB | after, MB | whole job, MB"
    print(f"| data | files | {sizes} | peak | after | whole job | seconds to read | and to end |")
    print("|---" * 13 + "|")
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
            megabytes = [each // 1_000_000 for each in (written, data, *memory[:4])]
            times = [f"{(each - memory.before) / data:.2f} x" for each in memory[1:4]]
            seconds = [f"{each:.0f}" for each in (memory.seconds, memory.end)]
            cells = [f"{name}, {rows:,} x {columns}", files, *megabytes, *times, *seconds]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
