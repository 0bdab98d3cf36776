"""The quality of CNN-KMeans' clusters of series of several variables: adjusted Rand index on the test parts.

Beside it: itself on the first variable alone, and K-Means on the series, flattened: raw, and with every variable of a
series z-scored. The hyperparameters are those of benchmarks/clustering.py, and classes only judge.

The sets are those of a folder of the UEA archive, in its format `.ts`; the package aeon has two of them among its data,
BasicMotions and JapaneseVowels (pip download --no-deps aeon==1.6.0). One more, `lag`, is generated: two waves, one
in step with the first or against it. Phases are random, so each variable alone is the same in both classes.

    .venv/bin/python -m benchmarks.variables --archive FOLDER [--seeds 3] [--processes 2] [--record]
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import mean

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks import data, figures, options
from benchmarks.clustering import HYPERPARAMETERS, fit_and_label
from benchmarks.comparison import OURS, measure
from benchmarks.data import Labelled
from benchmarks.rivals import Array, Labels, fill, k_means, z_score
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.variables import as_series
from seriesbox.tables.table import Table

LAG = "lag"
STEPS, SERIES = 60, 100  # of the generated set
ALONE, RAW, Z_SCORED = "first_variable", "kmeans_raw", "kmeans_z"
METHODS = (OURS, ALONE, RAW, Z_SCORED)


def lag(seed: int) -> tuple[int, Labelled]:
    """Return the number of variables and the series of the generated set."""
    random = np.random.default_rng(seed)
    classes = np.arange(2 * SERIES) % 2
    frequency, phase = random.uniform(0.25, 0.5, len(classes)), random.uniform(0, 2 * np.pi, len(classes))
    wave = np.sin(np.arange(STEPS) * frequency[:, None] + phase[:, None])
    both = np.hstack([wave, wave * np.where(classes, -1, 1)[:, None]])
    train, test = np.split(both + random.normal(0, 0.3, both.shape), 2)
    return 2, Labelled(Table.of(train), Table.of(test), classes[SERIES:].astype(float))


def by_variable(table: Table, variables: int, steps: int = 0) -> Array:
    """Return the variables of the series of a table, with missing ends, of these steps at least: (N, V, T)."""
    series = as_series(table.values.copy(), table.widths, variables)
    return np.pad(series, [(0, 0), (0, 0), (0, max(0, steps - series.shape[2]))], constant_values=np.nan)


def first_variable(problem: Labelled, variables: int) -> Labelled:
    """Return the series without their other variables."""
    train, test = (Table.of(by_variable(each, variables)[:, 0]) for each in (problem.train, problem.test))
    return Labelled(train, test, problem.classes)


def flattened(prepare: Callable[[Table], Array], variables: int, steps: int, table: Table) -> Array:
    """Return series of one length, whose variables are prepared one by one and stand one after the other."""
    series = by_variable(table, variables, steps)
    return prepare(Table.of(series.reshape(-1, steps))).reshape(len(series), -1)


def labels_of(problem: Labelled, variables: int, method: str, sizes: CNNKMeansHyperparameters) -> Labels:
    """Return the labels of the test series, by a method."""
    if method == OURS:
        return fit_and_label(problem, sizes.model_copy(update={"variables": variables}))
    if method == ALONE:
        return fit_and_label(first_variable(problem, variables), sizes)
    steps = max(each.values.shape[1] // variables for each in (problem.train, problem.test))
    prepare = partial(flattened, fill if method == RAW else z_score, variables, steps)
    return k_means(prepare, problem, sizes.clusters, sizes.seed)


def rand_index(archive: Path, sizes: CNNKMeansHyperparameters, task: tuple[str, str, int]) -> float:
    """Return the adjusted Rand index of the clusters of a set, by a method and a seed."""
    name, method, seed = task
    variables, problem = lag(seed) if name == LAG else data.uea(archive, name)
    clusters = len(np.unique(problem.classes))
    labels = labels_of(problem, variables, method, sizes.model_copy(update={"clusters": clusters, "seed": seed}))
    return float(adjusted_rand_score(problem.classes, labels))


def main() -> None:
    """Print the table."""
    parser = options.parser(__doc__, "--archive", "--processes", "--record")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=HYPERPARAMETERS.epochs)
    parser.add_argument("--min-updates", type=int, default=HYPERPARAMETERS.min_updates)
    given = parser.parse_args()
    sets = [LAG, *data.uea_names(given.archive)]
    sizes = HYPERPARAMETERS.model_copy(update={"epochs": given.epochs, "min_updates": given.min_updates})
    results = measure(
        partial(rand_index, given.archive, sizes), sets, dict.fromkeys(METHODS, given.seeds), given.processes
    )
    rows = {name: {method: mean(indices) for method, indices in row.items()} for name, row in results}
    print(f"| set | {' | '.join(METHODS)} |\n|:--{'|--:' * len(METHODS)}|")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(f'{index:.3f}' for index in row.values())} |")
    figures.recorder("variables", given.record)("sets", {"seeds": given.seeds, "by_set": rows})


if __name__ == "__main__":
    main()
