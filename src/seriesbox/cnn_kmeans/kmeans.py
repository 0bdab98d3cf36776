"""K-Means and the silhouette: scikit-learn's, for training; serving needs `distances.py` alone.

Shapes: N series, F features, K clusters.
"""

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_samples
from threadpoolctl import threadpool_limits

from seriesbox.cnn_kmeans.distances import nearest


def fit(
    features: NDArray[np.float32],
    clusters: int,
    algorithm: Literal["lloyd", "elkan"],
    restarts: int,
    seed: int,
    warn: Callable[[str], None],
) -> NDArray[np.float32]:
    """Return the centroids of the best of several restarts, (N, F) -> (K, F). The features change by rounding.

    The cluster of most series comes first, so that two trainings read alike.
    warn: gets a sentence if clusters are empty.
    """
    kmeans = KMeans(clusters, algorithm=algorithm, n_init=restarts, random_state=seed, copy_x=False)
    with (
        threadpool_limits(1, "openmp"),  # more threads would add partial sums in a random order
        warnings.catch_warnings(action="ignore", category=ConvergenceWarning),  # about empty clusters
    ):
        kmeans.fit(features)
    sizes = np.bincount(kmeans.labels_, minlength=clusters)
    if empty := np.count_nonzero(sizes == 0):
        warn(f"{empty} of {clusters} clusters have no series: too few series differ. Lower `clusters`, or add series.")
    return kmeans.cluster_centers_[np.argsort(-sizes, kind="stable")]


def score(
    features: NDArray[np.float32], name: str, centroids: NDArray[np.float32], warn: Callable[[str], None]
) -> float:
    """Return the silhouette of (N, F) features in the clusters of (K, F) centroids; NaN if it is not defined.

    warn: gets a sentence about NaN, with the name of this metric.
    """
    labels = nearest(features, centroids)
    score = float(np.mean(silhouettes(features, labels)))
    if not math.isnan(score):
        return score
    if len(np.unique(labels)) > 1:
        warn(f"`{name}` is nan: every series is in a cluster of its own, and the silhouette compares those of one.")
    else:
        warn(f"`{name}` is nan: all series are in one cluster, and the silhouette compares clusters.")
    return math.nan


def silhouettes(features: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.floating]:
    """Return the silhouette of each of (N, F) features in clusters of (N,) labels; NaN if it is not defined."""
    if 1 < len(np.unique(labels)) < len(labels):
        samples: NDArray[np.floating] = silhouette_samples(features, labels)
        return samples
    return np.full(len(labels), math.nan)


def first_peak(scores: Mapping[int, float]) -> int:
    """Return the smallest number of clusters whose score is no lower than those of its neighbours; NaN is lowest."""
    numbers, values = list(scores), np.nan_to_num([-np.inf, *scores.values(), -np.inf], nan=-1, neginf=-1)
    is_peak = (values[1:-1] >= values[:-2]) & (values[1:-1] >= values[2:])
    return numbers[int(is_peak.argmax())]
