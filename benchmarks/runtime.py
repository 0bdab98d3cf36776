"""onnxruntime against torch: the same models and tables, by turns in one process.

Sizes are those published for ECG200 and CNN-KMeans' defaults; LSTM-AD's defaults, more units, and longer contexts. The
weights are random. With `--busy`, every core is busy with something else meanwhile, as it is beside a busy neighbour.

    .venv/bin/python -m benchmarks.runtime [--busy] [--runs 7] [--threads 1 2] [--share 1.0] [--record]
"""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import torch

from benchmarks import cases, figures, options
from seriesbox.algorithm import predictor_class
from seriesbox.artifact import load, save
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.machine import usable_cores
from seriesbox.tables.table import Table

MEASURED_CELLS = 2000  # predicted in one measurement, at least


def seconds(predictor: Predictor, table: Table) -> float:
    """Return the time of one prediction of the table: the mean of several if it is small."""
    repeats = max(1, MEASURED_CELLS // table.values.size)
    started = time.perf_counter()
    for _ in range(repeats):
        for _ in predictor.predict(table):
            pass
    return (time.perf_counter() - started) / repeats


@contextmanager
def busy_cores(busy: bool) -> Iterator[None]:
    """Keep every core busy meanwhile, or none."""
    processes = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(usable_cores() if busy else 0)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def _spin() -> None:
    while True:
        pass


def main() -> None:
    """Print one table."""
    parser = options.parser(__doc__, "--algorithms", "--record")
    parser.add_argument("--busy", action="store_true", help="keep every core busy with something else")
    parser.add_argument("--runs", type=int, default=7, help="number of measurements, of which the median counts")
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows")
    both = sorted({1, usable_cores()})
    parser.add_argument("--threads", type=int, nargs="+", default=both, help="default: 1, and one per core")
    given = parser.parse_args()
    torch.manual_seed(0)
    measured = {}
    print("| model and table | threads | onnxruntime, ms | torch, ms | ratio |\n|---|---|---|---|---|")
    for prediction in (each for name in given.algorithms for each in cases.load(name).predictions):
        with tempfile.TemporaryDirectory() as folder:
            save(prediction.model(), Path(folder))
            artifact = load(Path(folder))
        rows, columns = prediction.shape
        rows = max(int(given.share * rows), predictor_class(artifact.algorithm).min_rows(artifact.hyperparameters))
        table = Table.of(np.random.default_rng(0).normal(size=(rows, columns)))
        for threads in given.threads:
            torch.set_num_threads(threads)
            predictors = artifact.predictor(threads), artifact.estimator().predictor()
            with busy_cores(given.busy):
                times = [[seconds(predictor, table) for predictor in predictors] for _ in range(given.runs)]
            onnx, other = (1000 * median(each) for each in zip(*times, strict=True))
            print(f"| {prediction.title} | {threads} | {onnx:.2f} | {other:.2f} | {onnx / other:.2f} |", flush=True)
            row = {"onnxruntime_ms": onnx, "torch_ms": other, "ratio": onnx / other}
            measured[f"{prediction.title}, threads: {threads}"] = row
    if given.record:
        figures.record("runtime-busy" if given.busy else "runtime", measured)


if __name__ == "__main__":
    main()
