"""How well CNN-KMeans clusters: three tables in Markdown.

1. ECG200 at the published hyperparameters: test accuracy (best matching) and adjusted Rand index over several seeds.
2. Seven sets of the UCR archive, one set of hyperparameters for all: test ARI, beside K-Means on z-scored series and
   k-Shape (where tslearn is installed: .venv/bin/pip install tslearn==0.10.0).
3. The published algorithm's own sample data: agreement of our labels with the published ones.

Classes only judge: `fit` never sees them.

    .venv/bin/python -m benchmarks.clustering --data FOLDER [--threads 2] [--seeds 10]
"""

import statistics
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from benchmarks import data, figures
from benchmarks.data import Labelled
from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.series import interpolate
from seriesbox.run import Run

ECG200 = CNNKMeansHyperparameters(
    clusters=2, blocks=1, filters=50, reduced_size=100, output_size=50, batch_size=64, epochs=50
)
UCR = CNNKMeansHyperparameters(
    blocks=4, filters=16, reduced_size=32, output_size=64, negative_samples=5, batch_size=10, epochs=50
)
SAMPLE = CNNKMeansHyperparameters(clusters=3, blocks=2, filters=16, reduced_size=10, output_size=20)
UCR_SEEDS = 3
AT_ONCE = 50  # tslearn's k-Shape predicts wrongly when it is given more series than it was fitted on

Labels = NDArray[np.int64]


def accuracy(classes: NDArray[np.float64], labels: Labels) -> float:
    """Share of the series that lie in their class's cluster, under the best matching."""
    together = np.array(
        [[np.sum((classes == c) & (labels == label)) for c in np.unique(classes)] for label in np.unique(labels)]
    )
    return float(together[linear_sum_assignment(together, maximize=True)].sum() / len(classes))


def ours(
    problem: Labelled, hyperparameters: CNNKMeansHyperparameters, fit: Callable[..., CNNKMeans] = CNNKMeans.fit
) -> Labels:
    """Labels of the test series."""
    model = fit(hyperparameters, [problem.train], [], Run())
    return predict(model.predictor(), problem.test)[:, 0].astype(np.int64)


def z_scored(problem: Labelled) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Train and test series of one length, gaps and ends filled, each with mean 0 and deviation 1."""
    filled = []
    for table in (problem.train, problem.test):
        values = interpolate(table.values).astype(np.float64)
        values = np.where(np.isnan(values), np.nanmean(values, axis=1, keepdims=True), values)
        deviation = values.std(axis=1, keepdims=True)
        filled.append((values - values.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1))
    return filled[0], filled[1]


def k_means(problem: Labelled, clusters: int, seed: int) -> Labels:
    """K-Means on the z-scored series themselves."""
    train, test = z_scored(problem)
    return KMeans(clusters, n_init=10, random_state=seed).fit(train).predict(test).astype(np.int64)


def k_shape(problem: Labelled, clusters: int, seed: int) -> Labels:
    """tslearn's k-Shape on the z-scored series."""
    from tslearn.clustering import KShape

    train, test = (values[..., None] for values in z_scored(problem))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = KShape(clusters, n_init=5, random_state=seed).fit(train)
        size = min(AT_ONCE, len(train))
        parts = [shapes.predict(test[first : first + size]) for first in range(0, len(test), size)]
    return np.concatenate(parts).astype(np.int64)


def ecg200_table(problem: Labelled, seeds: int) -> Iterator[str]:
    """A row per seed, then the medians."""
    yield "| ECG200, seed | accuracy | ARI |"
    yield "|---|---|---|"
    found = []
    for seed in range(seeds):
        labels = ours(problem, ECG200.model_copy(update={"seed": seed}))
        found.append((accuracy(problem.classes, labels), adjusted_rand_score(problem.classes, labels)))
        yield f"| {seed} | {found[-1][0]:.2f} | {found[-1][1]:.3f} |"
    medians = [statistics.median(column) for column in zip(*found, strict=True)]
    yield f"| **median** | **{medians[0]:.3f}** | **{medians[1]:.3f}** |"


def ucr_table(problems: dict[str, Labelled]) -> Iterator[str]:
    """Yield a row per set with the mean ARI over the seeds, then the means, which are recorded if k-Shape is there."""
    rivals = {"K-Means": k_means} | ({"k-Shape": k_shape} if find_spec("tslearn") else {})
    yield f"| set | CNN-KMeans | {' | '.join(rivals)} |"
    yield "|---" * (2 + len(rivals)) + "|"
    rows = []
    for name, problem in problems.items():
        clusters = len(np.unique(problem.classes))
        sizes = UCR.model_copy(update={"clusters": clusters})
        labels = [[ours(problem, sizes.model_copy(update={"seed": seed})) for seed in range(UCR_SEEDS)]]
        labels += [[rival(problem, clusters, seed) for seed in range(UCR_SEEDS)] for rival in rivals.values()]
        rows.append([statistics.mean(adjusted_rand_score(problem.classes, one) for one in seeds) for seeds in labels])
        yield f"| {name} | {' | '.join(f'{ari:.3f}' for ari in rows[-1])} |"
    means = [statistics.mean(column) for column in zip(*rows, strict=True)]
    yield f"| **mean** | {' | '.join(f'**{mean:.3f}**' for mean in means)} |"
    if "k-Shape" in rivals:
        ari = {name: round(mean, 2) for name, mean in zip(("seriesbox", "kmeans", "kshape"), means, strict=True)}
        figures.record("clustering", {"sets": len(problems), "seeds": UCR_SEEDS, "ari": ari})


def main() -> None:
    """Print the tables."""
    parser = data.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="seeds of the first table")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    for line in ecg200_table(data.ecg200(options.data), options.seeds):
        print(line, flush=True)
    print()
    for line in ucr_table({name: data.ucr(options.data, name) for name in data.UCR_SETS}):
        print(line, flush=True)

    problem = data.sample(options.data)
    agreement = adjusted_rand_score(problem.classes, ours(problem, SAMPLE))
    print(f"\nSample data, our labels against the published ones: ARI {agreement:.3f}")


if __name__ == "__main__":
    main()
