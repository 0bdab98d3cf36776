"""CNN-KMeans beside the published product, on the data that its publication shows: two tables in Markdown.

1. ECG200 at the published hyperparameters: the distribution of the test accuracy (best matching) and of the adjusted
   Rand index over many trainings: at the default, with `features` normalized, with that and `scaling` step, and by
   the recipe of the published log.
2. The product's own sample data: agreement of our labels with the published ones.

Classes only judge: training does not see them.

    .venv/bin/python -m benchmarks.clustering_published --data FOLDER [--trainings 100] [--processes 2] [--record]
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sklearn.metrics import adjusted_rand_score

from benchmarks import data, figures, layer_norm, options
from benchmarks.cases.cnn_kmeans import ECG200
from benchmarks.clustering import fit_and_label
from benchmarks.data import Labelled
from benchmarks.pool import spread
from benchmarks.rivals import Labels
from demo.cnn_kmeans.judge import Clusters, match_clusters
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters

SAMPLE = CNNKMeansHyperparameters(clusters=3, blocks=2, filters=16, reduced_size=10, output_size=20)
Way = tuple[Callable[[Labelled, CNNKMeansHyperparameters], Labels], dict[str, Any]]
WAYS: dict[str, Way] = {
    "default": (fit_and_label, {}),
    "normalized": (fit_and_label, {"features": "normalized"}),
    "step": (fit_and_label, {"features": "normalized", "scaling": "step"}),
    "layer_norm": (layer_norm.fit_and_label, {}),
}


def cluster_ecg200(folder: Path, way: str, epochs: int, seed: int) -> Clusters:
    """Return the clusters of one training, matched with the classes."""
    problem, (fit, own) = data.ecg200(folder), WAYS[way]
    labels = fit(problem, ECG200.model_copy(update={**own, "epochs": epochs, "seed": seed}))
    return match_clusters([str(each) for each in problem.classes], labels.astype(float))


def distribution(clusters: list[Clusters]) -> dict[str, Any]:
    """Return the figures of some trainings."""
    accuracies = sorted(each.accuracy for each in clusters)
    first, _, third = quantiles(accuracies, n=4)
    return {
        "trainings": len(accuracies),
        "accuracy_median": median(accuracies),
        "accuracy_lowest": accuracies[0],
        "accuracy_quarter": first,
        "accuracy_three_quarters": third,
        "accuracy_highest": accuracies[-1],
        "at_least_0_83": sum(each >= 0.83 for each in accuracies),
        "ari_median": median(each.rand_index for each in clusters),
    }


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--data", "--processes", "--record")
    parser.add_argument("--trainings", type=int, default=100, help="of ECG200, in each way")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS), help="default: all")
    parser.add_argument("--epochs", type=int, default=ECG200.epochs, help="of ECG200; default: the published ones")
    given = parser.parse_args()
    record = figures.recorder("clustering_published", given.record)

    print("| ECG200 | trainings | median | lowest | quarter | three quarters | highest | 0.83 or more | ARI |")
    print("|:--" + "|--:" * 8 + "|")
    for way in given.ways:
        train = partial(cluster_ecg200, given.data, way, given.epochs)
        measured = distribution(list(spread(train, range(given.trainings), given.processes)))
        print(f"| {way} | {' | '.join(f'{value:.3g}' for value in measured.values())} |", flush=True)
        record(f"ecg200 {way}", measured)

    sample = data.cnn_kmeans_sample(given.data)
    agreement = adjusted_rand_score(sample.classes, fit_and_label(sample, SAMPLE))
    print(f"\nSample data, our labels against the published ones: ARI {agreement:.3f}")
    record("sample", {"ari": float(agreement)})


if __name__ == "__main__":
    main()
