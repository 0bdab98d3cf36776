"""The members of the clusters: the series that K-Means was fitted to.

Shapes: N series, F features, K clusters.
"""

import math
from typing import NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.clustering import SCORED_SERIES
from seriesbox.cnn_kmeans.distances import distances, nearest
from seriesbox.cnn_kmeans.kmeans import silhouettes
from seriesbox.run import Run
from seriesbox.tables.blocks import blocks

ROUNDING = 1e-5  # of a feature: the network that serves adds up in another order than the one that trains


class Members(NamedTuple):
    """The series that K-Means was fitted to, on rank 0. Other processes have none.

    labels: (N,). distances: (N,) to the own centroid.
    silhouettes: of every `scored`th series; NaN if they are not defined.
    stride: the series are every `stride`th one of the channel.
    """

    centroids: NDArray[np.float32]
    labels: NDArray[np.int64]
    distances: NDArray[np.float64]
    silhouettes: NDArray[np.floating]
    scored: int
    stride: int

    @classmethod
    def of(cls, features: NDArray[np.float32], centroids: NDArray[np.float32], stride: int) -> Self:
        """Return the members of the clusters of (K, F) centroids, by their features, (N, F)."""
        labels = np.empty(len(features), np.int64)
        own = np.empty(len(features))
        for rows in blocks(len(features), max(centroids.shape)):
            labels[rows] = nearest(features[rows], centroids)
            own[rows] = distances(features[rows], labels[rows], centroids)
        scored = max(1, -(-len(features) // SCORED_SERIES))
        return cls(centroids, labels, own, silhouettes(features[::scored], labels[::scored]), scored, stride)

    def of_cluster(self, label: int) -> NDArray[np.int64]:
        """Return the numbers of the members of one cluster."""
        return np.flatnonzero(self.labels == label)

    def radii(self, rate: float, run: Run) -> NDArray[np.float64]:
        """Return on all processes the distances, (K,), beyond which new series are at this rate, or at most at it.

        A member has drawn its centroid near: from the centroid of the n - 1 others, it is n / (n - 1) times as far away
        as from its own, and so are new series. Of n such distances, a further one exceeds the (1 - rate) (n + 1)-th
        smallest one at the rate ("conformal prediction"). If n is too small for that, the largest one has to do, and
        with fewer than two members, the largest radius of the other clusters.
        """
        radii, sizes = np.zeros(len(self.centroids)), self.sizes
        if run.group.rank == 0:
            ranks = [math.ceil(round((1 - rate) * (size + 1), 9)) for size in sizes]
            for label in np.flatnonzero(sizes > 1).tolist():
                size = sizes[label]
                nearest_first = np.sort(self.distances[self.of_cluster(label)])
                radii[label] = nearest_first[min(ranks[label], size) - 1] * size / (size - 1)
            radii[sizes < 2] = radii.max()
            radii += ROUNDING * (radii + np.linalg.norm(self.centroids, axis=1))
            few = int(np.count_nonzero(ranks > sizes))
            run.listener.found("radii", radii.tolist(), _sentence(few, len(radii), rate))
        return run.group.broadcast(torch.from_numpy(radii)).numpy()

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The number of members of each cluster, (K,)."""
        return np.bincount(self.labels, minlength=len(self.centroids))


def _sentence(few: int, clusters: int, rate: float) -> str:
    """Return what an outlier is, and of how many clusters it cannot be told at this rate."""
    if not few:
        return f"Outliers are series farther from their cluster's centroid than {1 - rate:.6g} of those it was made of."
    needed = math.ceil(round(1 / rate, 9)) - 1
    return (
        f"`false-alarm-rate` {rate:g} takes {needed} series in a cluster, and {few} of {clusters} have fewer: there, a "
        "series farther away than all of the training's is an outlier, which happens more often. For fewer outliers, "
        "add series; for more, raise the rate."
    )
