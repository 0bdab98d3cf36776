"""What both ends of every range that may be tuned cost, all other hyperparameters at their defaults.

Each case is a process of its own, so that its peak of resident memory is its own too. It trains, for as many seconds as
given or the one step that takes longer, on the least data that suffices: series of 40 steps, 40 or as many as there are
to be clusters; or one series as long as its windows want it.

    .venv/bin/python -m benchmarks.ranges [--seconds 1] [--threads 2]
"""

import argparse
import multiprocessing
import resource
import time
from typing import Any

import numpy as np
import torch

from seriesbox.algorithm import ALGORITHMS, estimator_class, predictor_class
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table
from seriesbox.training import Run


def data(hyperparameters: CNNKMeansHyperparameters | LSTMADHyperparameters) -> Table:
    """Noisy sinusoids."""
    if isinstance(hyperparameters, CNNKMeansHyperparameters):
        shape = max(40, hyperparameters.clusters), 40
    else:
        shape = 5 * (hyperparameters.context_length + hyperparameters.prediction_length), 1
    return Table.of(np.sin(np.arange(shape[0]) / 5)[:, None] + np.random.default_rng(0).normal(0, 0.1, shape))


def cost(algorithm: str, name: str, value: str, seconds: int, threads: int) -> str:
    """The cells of one case."""
    torch.set_num_threads(threads)
    given: Any = predictor_class(algorithm).Hyperparameters.parse({"max-seconds": seconds, name: value})
    run, table = Run(), data(given)
    started = time.perf_counter()
    model = estimator_class(algorithm).fit(given, [table], [], run)
    took = time.perf_counter() - started
    finite = all(tensor.isfinite().all() for tensor in model.state_dict().values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{len(run.history)} | {took:.1f} | {memory:.0f} | {'yes' if finite else 'no'}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=1, help="after which the epochs end")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    options = parser.parse_args()
    print("| hyperparameter | value | epochs | seconds | memory, MB | finite |\n|---|---|---|---|---|---|")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for algorithm in ALGORITHMS:
            for declared in predictor_class(algorithm).Hyperparameters.declarations():
                for value in declared.values if declared.tunable else ():
                    case = algorithm, declared.name, str(value), options.seconds, options.threads
                    print(f"| {algorithm} `{declared.name}` | {value} | {pool.apply(cost, case)} |", flush=True)


if __name__ == "__main__":
    main()
