"""How series should be scaled: every way, on every public data set; the table of docs/input-scaling.md.

ECG200 at the published hyperparameters, the seven UCR sets and the sample data as in benchmarks/clustering.py.

    .venv/bin/python -m benchmarks.scaling --data FOLDER [--threads 2] [--ecg-seeds 10] [--seeds 3]
"""

from collections.abc import Callable, Sequence
from statistics import mean, median

import numpy as np
import torch
from sklearn.metrics import adjusted_rand_score

from benchmarks import clustering, data
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.tables.table import Table
from seriesbox.training import Run


def unscaled(
    hyperparameters: CNNKMeansHyperparameters, train: Sequence[Table], validation: Sequence[Table], run: Run
) -> CNNKMeans:
    """The same without any scaling: it begins with a model that has learnt nothing, whose scaler changes nothing."""
    torch.manual_seed(hyperparameters.seed)
    return CNNKMeans.fit(hyperparameters, train, validation, run, CNNKMeans(hyperparameters, 1))


WAYS: dict[str, tuple[Callable[..., CNNKMeans], dict[str, str]]] = {
    "dataset": (CNNKMeans.fit, {"scaling": "dataset"}),
    "series": (CNNKMeans.fit, {"scaling": "series"}),
    "step": (CNNKMeans.fit, {"scaling": "step"}),
    "none": (unscaled, {}),
}


def labels(way: str, problem: data.Labelled, sizes: CNNKMeansHyperparameters, seeds: int) -> list[clustering.Labels]:
    """Labels of the test series, seed by seed."""
    fit, change = WAYS[way]
    seeded = [sizes.model_copy(update={**change, "seed": seed}) for seed in range(seeds)]
    return [clustering.ours(problem, hyperparameters, fit) for hyperparameters in seeded]


def ari(way: str, problem: data.Labelled, sizes: CNNKMeansHyperparameters, seeds: int) -> float:
    """Mean adjusted Rand index over the seeds, with as many clusters as there are classes."""
    sizes = sizes.model_copy(update={"clusters": len(np.unique(problem.classes))})
    return mean(adjusted_rand_score(problem.classes, one) for one in labels(way, problem, sizes, seeds))


def main() -> None:
    """Print the table."""
    parser = data.arguments(__doc__)
    parser.add_argument("--ecg-seeds", type=int, default=10, help="seeds on ECG200")
    parser.add_argument("--seeds", type=int, default=3, help="seeds on the other sets")
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS), help="the ways to scale")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    ecg200, sample = data.ecg200(options.data), data.sample(options.data)
    ucr = {name: data.ucr(options.data, name) for name in data.UCR_SETS}
    print(f"| scaling | ECG200 accuracy, median | ARI, median | {' | '.join(ucr)} | mean of the seven | sample data |")
    print("|---" * (5 + len(ucr)) + "|")
    for way in options.ways:
        found = labels(way, ecg200, clustering.ECG200, options.ecg_seeds)
        accuracy = median(clustering.accuracy(ecg200.classes, one) for one in found)
        agreement = median(adjusted_rand_score(ecg200.classes, one) for one in found)
        aris = [ari(way, problem, clustering.UCR, options.seeds) for problem in ucr.values()]
        published = ari(way, sample, clustering.SAMPLE, options.seeds)
        cells = [f"{value:.3f}" for value in (accuracy, agreement, *aris, mean(aris), published)]
        print(f"| {way} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
