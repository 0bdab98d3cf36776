"""K-Means and the silhouette: scikit-learn's, for training; serving needs `nearest` alone.

Shapes: N series, F features, K clusters.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from seriesbox.cnn_kmeans.predictor import nearest


def fit(
    features: NDArray[np.float32], clusters: int, algorithm: Literal["lloyd", "elkan"], restarts: int, seed: int
) -> NDArray[np.float32]:
    """Return the centroids of the best of several restarts, (N, F) -> (K, F). The features change by rounding."""
    kmeans = KMeans(clusters, algorithm=algorithm, n_init=restarts, random_state=seed, copy_x=False)
    with threadpool_limits(1, "openmp"):  # more threads would add partial sums in a random order
        centroids: NDArray[np.float32] = kmeans.fit(features).cluster_centers_
    return centroids


def score(features: NDArray[np.float32], centroids: NDArray[np.float32]) -> float:
    """Return the silhouette of (N, F) features in the clusters of (K, F) centroids; NaN if it is not defined."""
    labels = nearest(features, centroids)
    if not 1 < len(np.unique(labels)) < len(labels):
        return math.nan
    return float(silhouette_score(features, labels))
