"""The quality of CNN-KMeans' clusters on a folder of sets of the UCR archive: adjusted Rand index on the test parts.

Beside it: K-Means on z-scored series, K-Means on raw series, and k-Shape (if tslearn is installed:
.venv/bin/pip install tslearn==0.10.0). One set of hyperparameters for all sets; there are as many clusters as classes.
Classes only judge: training does not see them. `--also scaling=step` adds ours with another hyperparameter, and is
recorded by that name.

With `--numbers`, the number of clusters is chosen by the data, and compared with the number of classes.

    .venv/bin/python -m benchmarks.clustering --archive FOLDER [--seeds 3] [--processes 2] [--record]
"""

from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks import data, figures, options
from benchmarks.comparison import OURS, measure, of_method, print_leads, print_table
from benchmarks.data import Labelled
from benchmarks.pool import spread
from benchmarks.rivals import Labels, rivals
from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.run import Run
from seriesbox.schedule import FEW_STEPS

HYPERPARAMETERS = CNNKMeansHyperparameters(
    blocks=4,
    filters=16,
    reduced_size=32,
    output_size=64,
    negative_samples=5,
    batch_size=10,
    epochs=50,
    min_updates=FEW_STEPS,
)


def fit(problem: Labelled, hyperparameters: CNNKMeansHyperparameters) -> CNNKMeans:
    """Fit on the training part."""
    return CNNKMeans.fit(hyperparameters, [problem.train], [], Run())


def fit_and_label(problem: Labelled, hyperparameters: CNNKMeansHyperparameters) -> Labels:
    """Return the labels of the test series."""
    return predict(fit(problem, hyperparameters).predictor(), problem.test)[:, 0].astype(np.int64)


def rand_index(archive: Path, sizes: CNNKMeansHyperparameters, task: tuple[str, str, int]) -> float:
    """Return the adjusted Rand index of the clusters of a set, by a method and a seed."""
    name, method, seed = task
    problem = data.ucr(archive, name)
    clusters = len(np.unique(problem.classes))
    if method in rivals():
        labels = rivals()[method](problem, clusters, seed)
    else:
        labels = fit_and_label(problem, of_method(sizes, method, clusters=clusters, seed=seed))
    return float(adjusted_rand_score(problem.classes, labels))


def number_found(archive: Path, sizes: CNNKMeansHyperparameters, task: tuple[str, int]) -> tuple[int, int]:
    """Return the number of classes of a set, and the number of clusters that is chosen by its training part."""
    name, seed = task
    problem = data.ucr(archive, name)
    model = fit(problem, of_method(sizes, OURS, clusters=0, seed=seed))
    return len(np.unique(problem.classes)), model.hyperparameters.clusters


def print_numbers(
    archive: Path, sizes: CNNKMeansHyperparameters, sets: Sequence[str], seeds: int, processes: int
) -> dict[str, Any]:
    """Print the numbers of clusters that are found in every set; return how often they are right."""
    found = list(spread(partial(number_found, archive, sizes), product(sets, range(seeds)), processes))
    print("| set | classes | clusters found |\n|:--|--:|:--|")
    for position, name in enumerate(sets):
        of_set = found[position * seeds : (position + 1) * seeds]
        print(f"| {name} | {of_set[0][0]} | {', '.join(str(clusters) for _, clusters in of_set)} |")
    right, near = (mean(abs(classes - clusters) <= off for classes, clusters in found) for off in (0, 1))
    print(f"\nRight: {right:.0%}. Right within one: {near:.0%}.")
    return {"sets": len(sets), "seeds": seeds, "right": right, "within_one": near}


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--archive", "--also", "--processes", "--record")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="default: all in the folder")
    parser.add_argument("--numbers", action="store_true", help="print the numbers of clusters that are chosen")
    parser.add_argument("--epochs", type=int, default=HYPERPARAMETERS.epochs)
    parser.add_argument("--min-updates", type=int, default=HYPERPARAMETERS.min_updates)
    given = parser.parse_args()
    sets, methods = given.sets or data.ucr_names(given.archive), [OURS, *given.also, *rivals()]
    sizes = HYPERPARAMETERS.model_copy(update={"epochs": given.epochs, "min_updates": given.min_updates})
    record = figures.recorder("clustering", given.record)
    if given.numbers:
        record("numbers", print_numbers(given.archive, sizes, sets, given.seeds, given.processes))
    else:
        compute = partial(rand_index, given.archive, sizes)
        results = measure(compute, sets, dict.fromkeys(methods, given.seeds), given.processes)
        means = ((name, {method: mean(indices) for method, indices in row.items()}) for name, row in results)
        leads = print_leads(print_table(means, methods), methods)
        record(" ".join(["archive", *given.also]), {"sets": len(sets), "seeds": given.seeds, **leads})


if __name__ == "__main__":
    main()
