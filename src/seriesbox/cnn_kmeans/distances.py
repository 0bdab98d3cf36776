"""The distances of features to centroids, and what they say about a series.

Shapes: N series, F features, K clusters.
"""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]
Labels = NDArray[np.integer[Any]]


def nearest(features: Features, centroids: Features) -> NDArray[np.int64]:
    """Return the label of the nearest centroid, (N, F), (K, F) -> (N,), as scikit-learn's `KMeans.predict` does."""
    return _relative_squares(features, centroids).argmin(axis=1)


def distances(features: Features, labels: Labels, centroids: Features) -> NDArray[np.float64]:
    """Return the Euclidean distance of each series to the centroid of its label, (N, F), (N,), (K, F) -> (N,)."""
    return np.linalg.norm(features - centroids[labels].astype(np.float64), axis=1)


class Position(NamedTuple):
    """The place of each series among the clusters, each (N,).

    label: of its own cluster.
    distance: to the centroid of that.
    second: the label of the next centroid.
    margin: by how much the next centroid is farther away, as a share of its distance: 1 is sure, 0 on the fence.
    """

    label: Labels
    distance: NDArray[np.float64]
    second: NDArray[np.int64]
    margin: NDArray[np.float64]

    @classmethod
    def of(cls, features: Features, centroids: Features) -> Self:
        """Return the places of (N, F) features among (K, F) centroids."""
        squares = _relative_squares(features, centroids)
        labels = squares.argmin(axis=1)
        np.put_along_axis(squares, labels[:, None], np.inf, axis=1)
        second = squares.argmin(axis=1)
        own, other = (distances(features, each, centroids) for each in (labels, second))
        largest = np.maximum(own, other)
        # Two centroids may be equal, and rounding may take the next one for nearer than the own one.
        margin = ((other - own) / np.where(largest > 0, largest, 1)).clip(0)
        return cls(labels, own, second, margin)

    def is_beyond(self, radii: NDArray[np.float64]) -> NDArray[np.bool]:
        """Return which series are farther away than the radius of their cluster, (K,) -> (N,)."""
        return self.distance > radii[self.label]


def _relative_squares(features: Features, centroids: Features) -> NDArray[np.float64]:
    """Return the squares of all distances, (N, K), less the square of the features, the same for all centroids."""
    middle = centroids.mean(axis=0, dtype=np.float64)  # far from the origin, squares would round differences away
    centred = centroids - middle
    squares: NDArray[np.float64] = np.square(centred).sum(axis=1) - 2 * (features - middle) @ centred.T
    return squares
