"""The memory of a training job: before its data is read, at the peak while it reads and scales it, once it can be
trained on, and at the most until the end.

Each case is a process of its own, at default sizes. It reads generated CSV files and fits as a training job does. Its
only epoch ends after one step, by `max-seconds`; what follows the epochs is done in full.

    .venv/bin/python -m benchmarks.memory [--folder FOLDER] [--share 1.0] [--files 1 1000] [--record]
"""

import json
import multiprocessing
import os
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks import cases, figures, options
from benchmarks.cases import Shape
from seriesbox.agreement import difference
from seriesbox.algorithm import estimator_class, predictor_class
from seriesbox.run import Run
from seriesbox.sagemaker.machine import resident_memory
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.sagemaker.training.test_channel import faults_of_all
from seriesbox.tables.csv import parse_csv, write_csv

ROWS_PER_WRITE = 100_000
SAMPLE_ROWS = 64  # on which a job compares its two runtimes


class Memory(NamedTuple):
    """Resident bytes, and seconds."""

    before: int
    peak: int  # while data is read
    after: int  # when the first step can begin
    whole: int  # the peak of the whole job
    seconds_to_read: float
    seconds_to_end: float


def write(file: Path, rows: int, columns: int) -> None:
    """Write normal numbers, in the digits that a float32 has."""
    random = np.random.default_rng(0)
    with file.open("wb") as stream:
        for first in range(0, rows, ROWS_PER_WRITE):
            values = random.normal(size=(min(ROWS_PER_WRITE, rows - first), columns)).astype(np.float32)
            stream.write(write_csv(values))


def lay_out(base: Path, shape: Shape, files: int) -> int:
    """Write the folders of a job whose table is divided among n files, and return the size of these."""
    channel, config = base / "input" / "data" / "training", base / "input" / "config"
    channel.mkdir(parents=True)
    config.mkdir()
    (config / "inputdataconfig.json").write_text(json.dumps({}))
    for number in range(files):
        write(channel / f"{number:04}.csv", shape[0] // files, shape[1])
    return sum(file.stat().st_size for file in channel.iterdir())


def peak_memory() -> int:
    """Return the peak of resident bytes; that of `getrusage` contains what the parent process had."""
    status = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in status if line.startswith("VmHWM")).split()[1])


def train(base: str, name: str) -> Memory:
    """Read the data of a job, take one step, and do all that follows the epochs."""
    os.environ["SAGEMAKER_BASE_DIR"] = base
    torch.set_num_threads(1)  # several threads on a busy machine wait for each other
    estimator, predictor = estimator_class(name), predictor_class(name)
    hyperparameters = predictor.Hyperparameters.parse({"max-seconds": 1})
    run, sample_rows = Run(started=time.monotonic() - 2), predictor.min_rows(hyperparameters) + SAMPLE_ROWS
    # A small training first, so that what the libraries themselves take is not counted.
    small = parse_csv(write_csv(np.random.default_rng(0).normal(size=(2000, 4))), "some rows")
    difference(estimator.fit(hyperparameters, [small], [], run), small.head(sample_rows))
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before, started = resident_memory(), time.perf_counter()
    at_first_step: list[tuple[int, int, float]] = []

    def stopped() -> bool:
        if not at_first_step:
            at_first_step.append((peak_memory(), resident_memory(), time.perf_counter()))
        return False

    faults = partial(faults_of_all, estimator, hyperparameters, 0)
    training, validation, _ = (
        channel.tables for channel in read_channels(Paths(), predictor, hyperparameters, (), faults)
    )
    sample = training[0].head(sample_rows)
    difference(estimator.fit(hyperparameters, training, validation, replace(run, stopped=stopped)), sample)
    peak, after, ready = at_first_step[0]
    return Memory(before, peak, after, peak_memory(), ready - started, time.perf_counter() - ready)


def main() -> None:
    """Print the table."""
    parser = options.parser(__doc__, "--algorithms", "--record")
    parser.add_argument("--folder", type=Path, help="a folder with room for 1 GB of CSV")
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows")
    parser.add_argument("--files", type=int, nargs="+", default=[1, 1000], help="numbers of files of the same rows")
    given = parser.parse_args()
    sizes = "CSV, MB | as float32, MB | before, MB | peak, MB | after, MB | whole job, MB"
    print(f"| data | files | {sizes} | peak | after | whole job | seconds to read | and to end |")
    print("|---" * 13 + "|")
    measured: dict[str, dict[str, Any]] = {}
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name, files in ((name, files) for name in given.algorithms for files in given.files):
            all_rows, columns = cases.load(name).large
            rows = int(given.share * all_rows)
            with tempfile.TemporaryDirectory(dir=given.folder) as base:
                csv = lay_out(Path(base), (rows, columns), files)
                memory = pool.apply(train, (base, name))
            data = 4 * rows * columns
            megabytes = [each // 1_000_000 for each in (csv, data, *memory[:4])]
            ratios = [(each - memory.before) / data for each in memory[1:4]]
            cells = [f"{name}, {rows:,} x {columns}", files, *megabytes, *(f"{ratio:.2f} x" for ratio in ratios)]
            seconds = [f"{each:.0f}" for each in memory[4:]]
            print(f"| {' | '.join(map(str, [*cells, *seconds]))} |", flush=True)
            keys = ("csv_mb", "float32_mb", "before_mb", "peak_mb", "after_mb", "whole_job_mb")
            measured[f"{cells[0]}, {files} files"] = dict(zip(keys, megabytes, strict=True))
    if given.record:
        figures.record("memory", measured)


if __name__ == "__main__":
    main()
