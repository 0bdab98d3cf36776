"""The features of series, by any network that computes the encoder's blocks.

Shapes: N series, B of them at once, V variables, T time steps, Z channels of the encoder's last block, F features.
"""

from collections.abc import Callable
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
        """Return the features, (B, Z) -> (B, F)."""
        features = pooled @ self.weight.T + self.bias
        return self.normalization(features) if self.normalization else features


def encode(network: Network, head: Head, series: Series, sizes: CNNKMeansHyperparameters) -> NDArray[np.float32]:
    """Return the features of N series, (N, F), computed in chunks of similar lengths."""
    features = np.empty((len(series.lengths), len(head.bias)), np.float32)
    for indices, chunk in series.chunks(network.at_once(CHUNK_STEPS, sizes.bytes_per_step)):
        features[indices] = head(pool(network, chunk.steps, chunk.lengths, sizes))
    return features


def pool(network: Network, steps: Steps, lengths: NDArray[np.int64], sizes: CNNKMeansHyperparameters) -> Any:
    """Return the pooled outputs of B series of these lengths, (B, Z). Long series are computed in stretches.

    Each stretch comes with the steps before it in the receptive field. As the encoder is causal, the maximum over the
    stretches is the maximum over the whole series, while memory holds one stretch.
    steps: returns (B, V, T) scaled steps, from the first one to before the last one.
    """
    longest, receptive_field = int(lengths.max()), sizes.receptive_field
    stretch = max(network.at_once(CHUNK_STEPS, sizes.bytes_per_step), 4 * receptive_field)
    pooled = None
    for start in range(0, longest, stretch):
        before = min(start, receptive_field - 1)
        part = steps(start - before, min(start + stretch, longest))
        end = np.clip(lengths - (start - before), 0, part.shape[2])
        output = network(part, np.full_like(lengths, before), end)
        pooled = output if pooled is None else np.maximum(pooled, output)
    return pooled
