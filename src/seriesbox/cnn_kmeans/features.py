"""The features of series, by any network that computes the encoder's blocks.

Shapes: N series, B of them at once, V variables, T time steps, R ranges of them, P parts of a series (the whole, or
also its halves), Z channels of the encoder's last block, F features.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.normalization import Normalization
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, Series
from seriesbox.network.types import Network

Steps = Callable[[int, int], NDArray[np.float32]]


class Head(NamedTuple):
    """The encoder's last layer, which is linear, and what is done to its features."""

    weight: NDArray[np.float32]  # (F, Z)
    bias: NDArray[np.float32]  # (F,)
    normalization: Normalization | None = None

    def __call__(self, pooled: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features, (B, P, Z) -> (B, P * F)."""
        features = (pooled.reshape(-1, pooled.shape[2]) @ self.weight.T + self.bias).reshape(len(pooled), -1)
        return self.normalization(features) if self.normalization else features


def encode(network: Network, head: Head, series: Series, sizes: CNNKMeansHyperparameters) -> NDArray[np.float32]:
    """Return the features of N series, (N, P * F), computed in chunks of similar lengths."""
    features = np.empty((len(series.lengths), sizes.features_per_series), np.float32)
    for indices, chunk in series.chunks(network.at_once(CHUNK_STEPS, sizes.bytes_per_step)):
        features[indices] = head(pool(network, chunk.steps, chunk.lengths, sizes))
    return features


def pool(network: Network, steps: Steps, lengths: NDArray[np.int64], sizes: CNNKMeansHyperparameters) -> Any:
    """Return the pooled outputs of B series of these lengths, (B, P, Z). Long series are computed in stretches.

    Each stretch comes with the steps before it in the receptive field. As the encoder is causal, the maximum over the
    stretches is the maximum over the whole series, while memory holds one stretch.
    steps: returns (B, V, T) scaled steps, from the first one to before the last one.
    """
    longest, receptive_field = int(lengths.max()), sizes.receptive_field
    stretch = max(network.at_once(CHUNK_STEPS, sizes.bytes_per_step), 4 * receptive_field)
    first, end = _ranges(lengths, sizes.parts)

    def of_stretch(start: int) -> NDArray[np.float32]:
        before = min(start, receptive_field - 1)
        part, offset = steps(start - before, min(start + stretch, longest)), start - before
        return network(part, np.clip(first - offset, before, part.shape[2]), np.clip(end - offset, 0, part.shape[2]))

    pooled = reduce(np.maximum, map(of_stretch, range(0, longest, stretch)))
    return pooled if sizes.parts == 1 else np.concatenate([pooled.max(axis=1, keepdims=True), pooled], axis=1)


def _ranges(lengths: NDArray[np.int64], parts: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where ranges that make up a series begin, and before which step they end: (B,) -> (B, R), (B, R).

    Halves of an odd length have its middle step in common.
    """
    if parts == 1:
        return np.zeros_like(lengths)[:, None], lengths[:, None]
    middle = lengths // 2
    return np.column_stack([np.zeros_like(middle), middle]), np.column_stack([lengths - middle, lengths])
