"""K-Means and the silhouette: scikit-learn's, for training; serving needs nothing but `predictor.nearest`.

Shapes: N series, F features, K clusters.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits


def fit(
    features: NDArray[np.float32], clusters: int, algorithm: Literal["lloyd", "elkan"], restarts: int, seed: int
) -> NDArray[np.float32]:
    """(N, F) -> (K, F): the centroids of the best of several restarts."""
    kmeans = KMeans(clusters, algorithm=algorithm, n_init=restarts, random_state=seed)
    with threadpool_limits(1, "openmp"):  # more would add up partial sums in the order in which they come
        centroids: NDArray[np.float32] = kmeans.fit(features).cluster_centers_
    return centroids


def silhouette(features: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """How much nearer (N, F) features are to their own cluster than to the next; NaN where it is not defined."""
    if not 1 < len(np.unique(labels)) < len(labels):
        return math.nan
    return float(silhouette_score(features, labels))
