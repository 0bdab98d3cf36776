"""The ways to scale series, each on each public data set: the table of docs/quality.md.

ECG200 at the published hyperparameters, the seven UCR sets and the sample data as in benchmarks/clustering.py.

    .venv/bin/python -m benchmarks.scaling --data FOLDER [--threads 2] [--ecg-seeds 10] [--seeds 3] [--record]
"""

from collections.abc import Callable, Sequence
from statistics import mean, median

import numpy as np
import torch

from benchmarks import data, figures, options
from benchmarks.cases.cnn_kmeans import ECG200
from benchmarks.clustering import SAMPLE, UCR, fit_and_label, judge
from benchmarks.data import Labelled
from demo.cnn_kmeans.judge import Clusters
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.run import Run
from seriesbox.tables.table import Table


def fit_unscaled(
    hyperparameters: CNNKMeansHyperparameters, train: Sequence[Table], validation: Sequence[Table], run: Run
) -> CNNKMeans:
    """Fit without scaling: the warm start is a model that has learnt nothing, and whose scaler changes nothing."""
    torch.manual_seed(hyperparameters.seed)
    return CNNKMeans.fit(hyperparameters, train, validation, run, CNNKMeans(hyperparameters, 1))


WAYS: dict[str, tuple[Callable[..., CNNKMeans], dict[str, str]]] = {
    "dataset": (CNNKMeans.fit, {"scaling": "dataset"}),
    "series": (CNNKMeans.fit, {"scaling": "series"}),
    "step": (CNNKMeans.fit, {"scaling": "step"}),
    "none": (fit_unscaled, {}),
}


def cluster(way: str, problem: Labelled, sizes: CNNKMeansHyperparameters, seeds: int) -> list[Clusters]:
    """Return the clusters of every seed. There are as many clusters as classes."""
    fit, scaling = WAYS[way]
    changes = scaling | {"clusters": len(np.unique(problem.classes))}
    seeded = [sizes.model_copy(update={**changes, "seed": seed}) for seed in range(seeds)]
    return [judge(problem, fit_and_label(problem, each, fit)) for each in seeded]


def main() -> None:
    """Print the table."""
    parser = options.parser(__doc__, "--data", "--threads", "--record")
    parser.add_argument("--ecg-seeds", type=int, default=10, help="number of seeds on ECG200")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds on the other sets")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS), help="default: all")
    parser.add_argument("--sets", nargs="+", default=data.UCR_SETS, metavar="NAME", help="the UCR sets")
    parser.add_argument("--epochs", type=int, help="instead of the published ones")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    epochs = {"epochs": given.epochs} if given.epochs else {}
    of_ecg200, of_ucr, of_sample = (each.model_copy(update=epochs) for each in (ECG200, UCR, SAMPLE))

    ecg200, sample = data.ecg200(given.data), data.cnn_kmeans_sample(given.data)
    ucr = {name: data.ucr(given.data, name) for name in given.sets}
    print(f"| scaling | ECG200 accuracy, median | ARI, median | {' | '.join(ucr)} | mean of these | sample data |")
    print("|---" * (5 + len(ucr)) + "|")
    measured = {}
    for way in given.ways:
        clusters = cluster(way, ecg200, of_ecg200, given.ecg_seeds)
        by_set = {
            name: mean(each.rand_index for each in cluster(way, problem, of_ucr, given.seeds))
            for name, problem in ucr.items()
        }
        row = {
            "ecg200_accuracy": median(each.accuracy for each in clusters),
            "ecg200_ari": median(each.rand_index for each in clusters),
            **by_set,
            "ucr_mean": mean(by_set.values()),
            "samples": mean(each.rand_index for each in cluster(way, sample, of_sample, given.seeds)),
        }
        print(f"| {way} | {' | '.join(f'{value:.3f}' for value in row.values())} |", flush=True)
        measured[way] = row
    if given.record:
        figures.record("scaling", measured)


if __name__ == "__main__":
    main()
