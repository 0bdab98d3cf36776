"""onnxruntime against torch where predictions are computed: the same models and tables, by turns in one process.

Sizes are those published for ECG200 and CNN-KMeans' defaults, LSTM-AD's defaults, more units, and longer contexts; the
weights are random. `--busy` keeps every core busy with something else meanwhile, as a neighbour would.

    .venv/bin/python -m benchmarks.runtime [--busy]
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import torch

from benchmarks.clustering import ECG200
from seriesbox.algorithm import Estimator, Predictor
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.machine import usable_cores
from seriesbox.tables.table import Table

RUNS = 7


def problems() -> Iterator[tuple[str, Estimator, tuple[int, int]]]:
    """A name, a model and the shape of a table."""
    yield "CNN-KMeans, ECG200's sizes, 1 series of 96", CNNKMeans(ECG200, 96), (1, 96)
    yield "the same, 1,000 series", CNNKMeans(ECG200, 96), (1000, 96)
    yield "CNN-KMeans, defaults, 1 series of 1,000", CNNKMeans(CNNKMeansHyperparameters(), 1000), (1, 1000)
    yield "the same, 100 series", CNNKMeans(CNNKMeansHyperparameters(), 1000), (100, 1000)
    yield "LSTM-AD, defaults, 1 window", LSTMAD(LSTMADHyperparameters(), 1), (110, 1)
    yield "the same, 3,190 windows", LSTMAD(LSTMADHyperparameters(), 1), (32_000, 1)
    yield "the same, hidden-size 128, 4 columns", LSTMAD(LSTMADHyperparameters(hidden_size=128), 4), (32_000, 4)
    yield "the same, context-length 1,000", LSTMAD(LSTMADHyperparameters(context_length=1000), 1), (11_000, 1)


def seconds(predictor: Predictor, table: Table) -> float:
    """One prediction of the table; small ones are repeated, and the mean is taken."""
    repeated = max(1, 2000 // table.values.size)
    started = time.perf_counter()
    for _ in range(repeated):
        for _ in predictor.predict(table):
            pass
    return (time.perf_counter() - started) / repeated


@contextmanager
def neighbours(busy: bool) -> Iterator[None]:
    """As many processes that do nothing else as there are cores, or none."""
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", action="store_true", help="with every core busy otherwise")
    busy = parser.parse_args().busy
    torch.manual_seed(0)
    print("| model and table | threads | onnxruntime, ms | torch, ms | ratio |\n|---|---|---|---|---|")
    for name, model, shape in problems():
        table = Table.of(np.random.default_rng(0).normal(size=shape))
        with tempfile.TemporaryDirectory() as folder:
            save(model, Path(folder))
            artifact = load(Path(folder))
        for threads in sorted({1, usable_cores()}):
            torch.set_num_threads(threads)
            predictors = artifact.predictor(threads), artifact.estimator().predictor()
            with neighbours(busy):
                times = [[seconds(predictor, table) for predictor in predictors] for _ in range(RUNS)]
            ours, torchs = (1000 * median(each) for each in zip(*times, strict=True))
            print(f"| {name} | {threads} | {ours:.2f} | {torchs:.2f} | {ours / torchs:.2f} |", flush=True)


if __name__ == "__main__":
    main()
