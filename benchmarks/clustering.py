"""The quality of CNN-KMeans' clusters: three tables in Markdown.

1. ECG200 at the published hyperparameters: test accuracy (best matching) and adjusted Rand index over several seeds.
2. Seven sets of the UCR archive at one set of hyperparameters: test ARI, beside K-Means on z-scored series and k-Shape
   (if tslearn is installed: .venv/bin/pip install tslearn==0.10.0).
3. The published algorithm's own sample data: agreement of our labels with the published ones.

Classes only judge: training does not see them.

    .venv/bin/python -m benchmarks.clustering --data FOLDER [--threads 2] [--seeds 10] [--ucr-seeds 3] [--record]
"""

from collections.abc import Callable
from statistics import mean, median
from typing import Any

import numpy as np
import torch

from benchmarks import data, figures, options
from benchmarks.cases.cnn_kmeans import ECG200
from benchmarks.data import Labelled
from benchmarks.rivals import Labels, rivals
from demo.cnn_kmeans.judge import Clusters, match_clusters
from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.run import Run

UCR = CNNKMeansHyperparameters(
    blocks=4, filters=16, reduced_size=32, output_size=64, negative_samples=5, batch_size=10, epochs=50
)
SAMPLE = CNNKMeansHyperparameters(clusters=3, blocks=2, filters=16, reduced_size=10, output_size=20)


def fit_and_label(
    problem: Labelled, hyperparameters: CNNKMeansHyperparameters, fit: Callable[..., CNNKMeans] = CNNKMeans.fit
) -> Labels:
    """Return the labels of the test series."""
    model = fit(hyperparameters, [problem.train], [], Run())
    return predict(model.predictor(), problem.test)[:, 0].astype(np.int64)


def judge(problem: Labelled, labels: Labels) -> Clusters:
    """Match clusters with classes."""
    return match_clusters([str(each) for each in problem.classes], labels.astype(np.float64))


def cluster_ecg200(problem: Labelled, sizes: CNNKMeansHyperparameters, seeds: int) -> dict[str, Any]:
    """Print a row per seed, then the medians; return them."""
    print("| ECG200, seed | accuracy | ARI |\n|---|---|---|")
    accuracies, indices = [], []
    for seed in range(seeds):
        clusters = judge(problem, fit_and_label(problem, sizes.model_copy(update={"seed": seed})))
        accuracies.append(clusters.accuracy)
        indices.append(clusters.rand_index)
        print(f"| {seed} | {clusters.accuracy:.2f} | {clusters.rand_index:.3f} |", flush=True)
    print(f"| **median** | **{median(accuracies):.3f}** | **{median(indices):.3f}** |\n", flush=True)
    return {
        "seeds": seeds,
        "accuracy_median": median(accuracies),
        "accuracy_lowest": min(accuracies),
        "accuracy_highest": max(accuracies),
        "ari_median": median(indices),
    }


def cluster_ucr(problems: dict[str, Labelled], sizes: CNNKMeansHyperparameters, seeds: int) -> dict[str, Any]:
    """Print a row per set with the mean ARI over the seeds, then the means over the sets; return these."""
    others = rivals()
    print(f"| set | {' | '.join(['seriesbox', *others])} |\n{'|---' * (2 + len(others))}|")
    rows = []
    for name, problem in problems.items():
        clusters = len(np.unique(problem.classes))
        of_set = sizes.model_copy(update={"clusters": clusters})
        labels = [[fit_and_label(problem, of_set.model_copy(update={"seed": seed})) for seed in range(seeds)]]
        labels += [[rival(problem, clusters, seed) for seed in range(seeds)] for rival in others.values()]
        rows.append([mean(judge(problem, each).rand_index for each in by_seed) for by_seed in labels])
        print(f"| {name} | {' | '.join(f'{ari:.3f}' for ari in rows[-1])} |", flush=True)
    means = [mean(column) for column in zip(*rows, strict=True)]
    print(f"| **mean** | {' | '.join(f'**{ari:.3f}**' for ari in means)} |\n", flush=True)
    return {"sets": len(problems), "seeds": seeds, "ari": dict(zip(["seriesbox", *others], means, strict=True))}


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--data", "--threads", "--record")
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds on ECG200")
    parser.add_argument("--ucr-seeds", type=int, default=3, help="number of seeds on the UCR sets")
    parser.add_argument("--sets", nargs="+", default=data.UCR_SETS, metavar="NAME", help="the UCR sets")
    parser.add_argument("--epochs", type=int, help="instead of the published ones")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    epochs = {"epochs": given.epochs} if given.epochs else {}
    ecg200, ucr, sizes = (each.model_copy(update=epochs) for each in (ECG200, UCR, SAMPLE))
    record = figures.recorder("clustering", given.record)
    record("ecg200", cluster_ecg200(data.ecg200(given.data), ecg200, given.seeds))
    problems = {name: data.ucr(given.data, name) for name in given.sets}
    record("ucr", cluster_ucr(problems, ucr, given.ucr_seeds))
    sample = data.cnn_kmeans_sample(given.data)
    agreement = judge(sample, fit_and_label(sample, sizes)).rand_index
    print(f"Sample data, our labels against the published ones: ARI {agreement:.3f}")
    record("sample", {"ari": agreement})


if __name__ == "__main__":
    main()
