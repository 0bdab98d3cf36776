"""The cost at both ends of every range that may be tuned, with all other hyperparameters at their defaults.

Each case is a process of its own, so that its peak of memory is its own too. It trains on the smallest possible table,
for the given seconds, or for one step if that takes longer.

    .venv/bin/python -m benchmarks.ranges [--seconds 1] [--threads 2] [--hyperparameters NAME ...]
"""

import multiprocessing
import resource
import time

import numpy as np
import torch

from benchmarks import cases, options
from benchmarks.epochs import Epochs
from seriesbox.algorithm import estimator_class, predictor_class
from seriesbox.run import Run
from seriesbox.tables.table import Table


def cost(algorithm: str, name: str, value: str, seconds: int, threads: int) -> str:
    """Return the cells of one case."""
    torch.set_num_threads(threads)
    hyperparameters = predictor_class(algorithm).Hyperparameters.parse({"max-seconds": seconds, name: value})
    shape = cases.load(algorithm).smallest(hyperparameters)
    wave = np.sin(np.arange(shape[0]) / 5)[:, None] + np.random.default_rng(0).normal(0, 0.1, shape)
    listener = Epochs()
    started = time.perf_counter()
    model = estimator_class(algorithm).fit(hyperparameters, [Table.of(wave)], [], Run(listener=listener))
    took = time.perf_counter() - started
    finite = all(tensor.isfinite().all() for tensor in model.state_dict().values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{len(listener.metrics)} | {took:.1f} | {memory:.0f} | {'yes' if finite else 'no'}"


def main() -> None:
    """Print the table."""
    parser = options.parser(__doc__, "--algorithms", "--threads")
    parser.add_argument("--seconds", type=int, default=1, help="after which the epochs end")
    parser.add_argument("--hyperparameters", nargs="+", metavar="NAME", help="default: all that may be tuned")
    given = parser.parse_args()
    print("| hyperparameter | value | epochs | seconds | memory, MB | finite |\n|---|---|---|---|---|---|")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for algorithm in given.algorithms:
            for declared in predictor_class(algorithm).Hyperparameters.declarations():
                if not declared.tunable or declared.name not in (given.hyperparameters or [declared.name]):
                    continue
                for value in declared.values:
                    cells = pool.apply(cost, (algorithm, declared.name, str(value), given.seconds, given.threads))
                    print(f"| {algorithm} `{declared.name}` | {value} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
