"""The growth of time and memory with the data: the tables of docs/scaling.md.

Each case is a process of its own, so that its peak of memory is its own too. It trains two epochs on random walks and
times the second one, then predicts the same rows. CNN-KMeans has the sizes published for ECG200, LSTM-AD its defaults.

    .venv/bin/python -m benchmarks.growth [--threads 2] [--share 1.0] [--cases N] [--record]
"""

import multiprocessing
import resource
import time
from typing import Any, NamedTuple

import torch

from benchmarks import cases, figures, options
from benchmarks.cases import Size, random_walks
from benchmarks.epochs import Epochs
from seriesbox.algorithm import estimator_class, predict
from seriesbox.run import Run
from seriesbox.tables.table import Table


class Cost(NamedTuple):
    """The cost of one case."""

    epoch_seconds: float
    predict_seconds: float
    memory_mb: float  # peak of the process

    def __str__(self) -> str:
        return f"{self.epoch_seconds:.2f} | {self.predict_seconds:.2f} | {self.memory_mb:.0f}"


def cost(algorithm: str, size: Size, threads: int) -> Cost:
    """Train two epochs and predict the whole table."""
    torch.set_num_threads(threads)
    rows, columns, *_ = size.sizes
    table = Table.of(random_walks((rows, columns), cases.load(algorithm).time_axis))
    listener = Epochs()
    model = estimator_class(algorithm).fit(size.hyperparameters, [table], [], Run(listener=listener))
    started = time.perf_counter()
    predict(model.predictor(), table)
    seconds = time.perf_counter() - started
    return Cost(listener.seconds[1], seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print one table per algorithm."""
    parser = options.parser(__doc__, "--algorithms", "--threads", "--record")
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows")
    parser.add_argument("--cases", type=int, help="number of cases of each algorithm, the smallest first; default: all")
    given = parser.parse_args()
    measured: dict[str, dict[str, Any]] = {}
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in given.algorithms:
            algorithm = cases.load(name)
            columns = [*algorithm.size_names, "epoch, s", "predict, s", "memory, MB"]
            print(f"\n| {name}: {' | '.join(columns)} |\n{'|---' * len(columns)}|")
            measured[name] = {}
            for full in algorithm.sizes[: given.cases]:
                size = full._replace(sizes=(int(given.share * full.sizes[0]), *full.sizes[1:]))
                took = pool.apply(cost, (name, size, given.threads))
                print(f"| {' | '.join(map(str, size.sizes))} | {took} |", flush=True)
                sizes = " x ".join(f"{each:,} {of}" for each, of in zip(size.sizes, algorithm.size_names, strict=True))
                measured[name][sizes] = took._asdict()
    if given.record:
        figures.record("growth", measured)


if __name__ == "__main__":
    main()
