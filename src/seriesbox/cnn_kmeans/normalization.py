"""The features that K-Means sees: evened out, then brought to unit length.

After a short training, most of the variance of the encoder's features lies in a few directions, and K-Means would see
no other. So every direction is divided by the square root of its variance and a share of the largest variance: weak
directions count for more than before, but less than strong ones. This map is linear and symmetric, so that features
change as little as possible. Unit length then compares directions alone, as the loss does, which takes dot products.

If a series has features of its halves too, each part is normalized by itself.

Shapes: N series, P parts of each, F features of a part.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Of the largest variance. With it, no direction grows by more than the square root of five against another one.
FLOOR = 0.25
ROUNDING = 2e-6  # of a feature, as a share of it: sums in float32 differ by as much


class Normalization(NamedTuple):
    """The linear map of each part, (P, F, F), and the mean that is subtracted first, (P, F)."""

    matrix: NDArray[np.float32]
    mean: NDArray[np.float32]

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the normalized features, (N, P * F) -> (N, P * F)."""
        parts = np.hsplit(features, len(self.mean))
        return np.hstack([_normalize(*each) for each in zip(parts, self.matrix, self.mean, strict=True)])


def fit_normalization(features: NDArray[np.float32], parts: int = 1) -> Normalization:
    """Return the normalization of a training's features, (N, P * F) with N > 0."""
    fitted = map(_fit, np.hsplit(features, parts))
    return Normalization(*(np.stack(each) for each in zip(*fitted, strict=True)))


def _normalize(
    features: NDArray[np.float32], matrix: NDArray[np.float32], mean: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the normalized features of one part, (N, F), (F, F), (F,) -> (N, F)."""
    centred = features - mean
    differs = np.abs(centred) > ROUNDING * np.abs(mean)  # else unit length would blow rounding up
    return unit_length((np.where(differs, centred, 0) @ matrix).astype(np.float32))


def _fit(features: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the map and the mean of one part, (N, F) -> (F, F), (F,)."""
    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean
    few = len(features) < len(mean)  # then the products of series are a smaller matrix than those of features
    products = centred @ centred.T if few else centred.T @ centred
    variances, directions = np.linalg.eigh(products / len(features))
    if few:
        directions = unit_length(directions.T @ centred).T
    floor = FLOOR * (variances[-1] or 1)  # if all series are equal, nothing needs to be evened out
    scale = 1 / np.sqrt(floor)  # of directions without variance
    scales = 1 / np.sqrt(variances.clip(0) + floor)
    matrix = scale * np.eye(len(mean)) + directions * (scales - scale) @ directions.T
    return matrix.astype(np.float32), mean.astype(np.float32)


def unit_length(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the features divided by their length, (N, F) -> (N, F); those of length zero as they are."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return (features / np.where(length > 0, length, 1)).astype(np.float32, copy=False)
