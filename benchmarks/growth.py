"""How time and memory grow with the data; the tables of docs/scaling.md.

Each case is a process of its own, so that its peak of resident memory is its own too. It trains two epochs on generated
data (random walks) and times the second one, then predicts what it was trained on. CNN-KMeans at the sizes published
for ECG200, LSTM-AD at its defaults.

    .venv/bin/python -m benchmarks.growth [--threads 2]
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.clustering import ECG200
from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table
from seriesbox.training import Run


class Cost(NamedTuple):
    """What one case took."""

    epoch: float  # seconds
    predict: float  # seconds
    memory: float  # MB, peak of the process

    def __str__(self) -> str:
        return f"{self.epoch:.2f} | {self.predict:.2f} | {self.memory:.0f}"


def walks(rows: int, columns: int, axis: int) -> Table:
    """Random walks along `axis`."""
    steps = np.random.default_rng(0).normal(size=(rows, columns)).astype(np.float32)
    return Table.of(np.cumsum(steps, axis=axis, dtype=np.float32))


def cost(fit: Callable[[Run], CNNKMeans | LSTMAD], table: Table, threads: int) -> Cost:
    """Two epochs, the second one timed, and a prediction of the whole table."""
    torch.set_num_threads(threads)
    ends = []
    model = fit(Run(report=lambda epoch, metrics: ends.append(time.perf_counter())))
    started = time.perf_counter()
    predict(model.predictor(), table)
    seconds = time.perf_counter() - started
    return Cost(ends[1] - ends[0], seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def cnn_kmeans(series: int, steps: int, threads: int) -> Cost:
    """CNN-KMeans on (series, steps)."""
    table = walks(series, steps, axis=1)
    hyperparameters = ECG200.model_copy(update={"epochs": 2})
    return cost(lambda run: CNNKMeans.fit(hyperparameters, [table], [], run), table, threads)


def lstm_ad(rows: int, columns: int, context_length: int, threads: int) -> Cost:
    """LSTM-AD on (rows, columns)."""
    table = walks(rows, columns, axis=0)
    hyperparameters = LSTMADHyperparameters(epochs=2, context_length=context_length)
    return cost(lambda run: LSTMAD.fit(hyperparameters, [table], [], run), table, threads)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    threads = parser.parse_args().threads
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        print("| CNN-KMeans: series | steps | epoch, s | predict, s | memory, MB |\n|---|---|---|---|---|")
        for series, steps in [(250, 100), (1000, 100), (4000, 100), (16000, 100), (250, 400), (250, 1600)]:
            print(f"| {series} | {steps} | {pool.apply(cnn_kmeans, (series, steps, threads))} |", flush=True)
        print("\n| LSTM-AD: rows | columns | context | epoch, s | predict, s | memory, MB |\n|---|---|---|---|---|---|")
        for rows, columns, context in [
            (20_000, 1, 100),
            (80_000, 1, 100),
            (320_000, 1, 100),
            (20_000, 4, 100),
            (20_000, 16, 100),
            (20_000, 1, 400),
        ]:
            print(
                f"| {rows} | {columns} | {context} | {pool.apply(lstm_ad, (rows, columns, context, threads))} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
