"""CNN-KMeans' predictions: the features of every series, and the nearest of the centroids.

Shapes: N series, T time steps, F features, K clusters.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans import graph
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.series import (
    CHUNK_STEPS,
    Series,
    check,
    check_steps,
    chunks_of_like_length,
    cut,
    interpolate,
    prepare,
)
from seriesbox.hyperparameters import Optimization
from seriesbox.layers.scaler import Scaler
from seriesbox.network import Network, Shapes, Tensors
from seriesbox.tables.table import Table

SERIES_AT_ONCE, STEPS_AT_ONCE = 1024, 1_000_000  # prepared and answered, if it is not one series alone


class CNNKMeansPredictor:
    """Labels series of any lengths, gaps included, and says their features."""

    Hyperparameters: ClassVar[type[Optimization]] = CNNKMeansHyperparameters
    rows_are_independent: ClassVar = True

    def __init__(
        self, hyperparameters: CNNKMeansHyperparameters, columns: int, tensors: Tensors, network: Network
    ) -> None:
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(tensors["scaler.shift"], tensors["scaler.scale"])
        self.centroids = tensors["centroids"]
        self.head = Head(tensors["encoder.head.weight"], tensors["encoder.head.bias"])
        self.network = network

    @staticmethod
    def shapes(hyperparameters: CNNKMeansHyperparameters, columns: int) -> Shapes:
        """Of the scaler, the encoder and the centroids."""
        scaled = (columns if hyperparameters.scaling == "step" else 1,)
        return {
            "scaler.shift": (np.float64, scaled),
            "scaler.scale": (np.float64, scaled),
            **graph.shapes(hyperparameters),
            "centroids": (np.float32, (hyperparameters.clusters, hyperparameters.output_size)),
        }

    @staticmethod
    def graph(hyperparameters: CNNKMeansHyperparameters, tensors: Tensors) -> bytes:
        """`series` (B, T), `first` and `end` (B,) -> (B, Z)."""
        return graph.graph(hyperparameters, tensors)

    def probe(self) -> Table:
        """One series of one step."""
        return Table.of(np.full((1, 1), self.scaler.shift[0]))

    def check(self, table: Table) -> None:
        """Raise DataError where a row has nothing in it, or more steps than the model knows."""
        check(table)
        check_steps(table.values.shape[1], self.hyperparameters.scaling, self.scaler)

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """(N, T) -> (N, 1 + F) in pieces: the label of the nearest centroid, then the features."""
        at_once = max(1, min(SERIES_AT_ONCE, STEPS_AT_ONCE // table.values.shape[1]))
        for first in range(0, len(table.values), at_once):
            values = interpolate(table.values[first : first + at_once])
            series = prepare(values, self.hyperparameters.scaling, self.scaler)
            features = encode(self.network, self.head, series, self.hyperparameters.receptive_field)
            yield np.column_stack([nearest(features, self.centroids).astype(np.float32), features])


class Head(NamedTuple):
    """The encoder's last layer, which is linear."""

    weight: NDArray[np.float32]  # (F, Z)
    bias: NDArray[np.float32]  # (F,)


def encode(network: Network, head: Head, series: Series, receptive_field: int) -> NDArray[np.float32]:
    """N series as `prepare` gives them -> (N, F), in chunks of like lengths."""
    features = np.empty((len(series[0]), len(head.bias)), np.float32)
    for chunk in chunks_of_like_length(series[1]):
        features[chunk] = _pooled(network, *cut(series, chunk), receptive_field) @ head.weight.T + head.bias
    return features


def _pooled(network: Network, values: NDArray[np.float32], lengths: NDArray[np.int64], receptive_field: int) -> Any:
    """(B, T), (B,) -> (B, Z). Long series are passed in stretches, each with what its first steps look back upon.

    The encoder is causal, so the maximum over the stretches is that over the whole, and memory holds one of them.
    """
    stretch = max(CHUNK_STEPS, 4 * receptive_field)
    pooled = None
    for start in range(0, values.shape[1], stretch):
        before = min(start, receptive_field - 1)
        part = values[:, start - before : start + stretch]
        end = np.clip(lengths - (start - before), 0, part.shape[1])
        of_part = network(part, np.full_like(lengths, before), end)
        pooled = of_part if pooled is None else np.maximum(pooled, of_part)
    return pooled


def nearest(features: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """(N, F), (K, F) -> (N,): the label of the nearest centroid, as scikit-learn's `KMeans.predict` gives it."""
    middle = centroids.mean(axis=0, dtype=np.float64)  # far from the origin, squares would swallow the differences
    centred = centroids - middle
    distance = np.square(centred).sum(axis=1) - 2 * (features - middle) @ centred.T  # less what is the same for all
    return distance.argmin(axis=1)
