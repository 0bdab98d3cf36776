"""K-Means: scikit-learn's, imported only where it is fitted, since serving needs nothing but the nearest centroid.

Shapes: N series, F features, K clusters.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray


def fit(
    features: NDArray[np.float32], clusters: int, algorithm: Literal["lloyd", "elkan"], restarts: int, seed: int
) -> NDArray[np.float32]:
    """(N, F) -> (K, F): the centroids of the best of several restarts."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    kmeans = KMeans(clusters, algorithm=algorithm, n_init=restarts, random_state=seed)
    with threadpool_limits(1, "openmp"):  # more would add up partial sums in the order in which they come
        centroids: NDArray[np.float32] = kmeans.fit(features).cluster_centers_
    return centroids


def nearest(features: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """(N, F), (K, F) -> (N,): the label of the nearest centroid, as scikit-learn's `KMeans.predict` gives it."""
    middle = centroids.mean(axis=0, dtype=np.float64)  # far from the origin, squares would swallow the differences
    centred = centroids - middle
    distance = np.square(centred).sum(axis=1) - 2 * (features - middle) @ centred.T  # less what is the same for all
    return distance.argmin(axis=1)


def silhouette(features: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """How much nearer (N, F) features are to their own cluster than to the next; NaN where it is not defined."""
    from sklearn.metrics import silhouette_score

    if not 1 < len(np.unique(labels)) < len(labels):
        return math.nan
    return float(silhouette_score(features, labels))
