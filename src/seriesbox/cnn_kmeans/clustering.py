"""The clusters of a training's features, found by rank 0 for all processes.

Shapes: N series, F features of all their parts, K clusters.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.normalization import Normalization, fit_normalization
from seriesbox.listener import Listener
from seriesbox.run import Run

# The silhouette is quadratic in the number of series: it is taken on at most this many, so that it stays a small
# part of an epoch.
SCORED_SERIES = 2000
EPOCH_CLUSTERS = 8  # at most, whose silhouette an epoch reports if their number is chosen at the end


class Clustering(NamedTuple):
    """The normalization of the encoder's features, if there is one, and the centroids of what comes out, (K, F)."""

    normalization: Normalization | None
    centroids: NDArray[np.float32]

    def score(self, features: NDArray[np.float32], name: str, listener: Listener) -> float:
        """Return the silhouette of the encoder's features, (N, F), in these clusters; NaN if it is not defined."""
        return kmeans.score(self.normalize(features), name, self.centroids, listener.warn)

    def normalize(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the clusters consist of, (N, F) -> (N, F)."""
        return self.normalization(features) if self.normalization else features


def fit_clustering(
    features: NDArray[np.float32],
    clusters: int,
    sizes: CNNKMeansHyperparameters,
    restarts: int,
    run: Run,
    listener: Listener,
) -> Clustering:
    """Fit to the encoder's features, (N, F), that rank 0 has. They change by rounding. Raises StoppedError."""
    clustering = Clustering(None, np.empty((clusters, sizes.features_per_series), np.float32))
    if sizes.features != "raw":
        parts, width = sizes.parts, sizes.output_size

        def fit() -> NDArray[np.float32]:
            matrix, mean = fit_normalization(features, parts)
            return np.concatenate([matrix, mean[:, None]], axis=1)

        both = run.broadcast(fit, like=np.empty((parts, width + 1, width), np.float32))
        clustering = clustering._replace(normalization=Normalization(both[:, :-1], both[:, -1]))
    normalize = clustering.normalize
    centroids = run.broadcast(
        lambda: kmeans.fit(normalize(features), clusters, sizes.algorithm, restarts, sizes.seed, listener.warn),
        like=clustering.centroids,
    )
    return clustering._replace(centroids=centroids)


def number_of_epoch(sizes: CNNKMeansHyperparameters, series: int) -> int:
    """Return the number of clusters whose silhouette an epoch reports, of two or more series."""
    return sizes.clusters or max(2, min(EPOCH_CLUSTERS, sizes.max_clusters, series // 2))


def choose_number(features: NDArray[np.float32], sizes: CNNKMeansHyperparameters, restarts: int, run: Run) -> int:
    """Return the number of clusters of the features, (N, F), that rank 0 has. Raises StoppedError.

    It is the smallest one whose silhouette is no lower than those of its neighbours. The silhouettes are those of the
    features before normalization, in which they found the number of classes more often.
    """
    scores: dict[int, float] = {}

    def first_peak() -> NDArray[np.int64]:
        sample = features[:: -(-len(features) // SCORED_SERIES)]
        for clusters in range(2, min(sizes.max_clusters, len(sample) - 1) + 1):
            centroids = kmeans.fit(sample.copy(), clusters, sizes.algorithm, restarts, sizes.seed, Listener().warn)
            scores[clusters] = kmeans.score(sample, "silhouette", centroids, Listener().warn)
        return np.array([kmeans.first_peak(scores)])

    chosen = int(run.broadcast(first_peak, like=np.zeros(1, np.int64))[0])
    run.listener.found(
        "silhouettes",
        scores,
        f"Chose {chosen} clusters, the first number whose silhouette is no lower than its neighbours': "
        + ", ".join(f"{clusters}: {score:.3f}" for clusters, score in scores.items()),
    )
    return chosen
