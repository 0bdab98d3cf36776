"""CNN-KMeans' predictions: the features of every series, and the nearest of the centroids.

Shapes: N series, T time steps, F features, K clusters.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans import graph
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.kmeans import nearest
from seriesbox.cnn_kmeans.series import Series, check, check_steps, chunks_of_like_length, interpolate, prepare
from seriesbox.hyperparameters import Hyperparameters
from seriesbox.layers.scaler import Scaler
from seriesbox.network import Network, Shapes, Tensors
from seriesbox.tables.table import Table

SERIES_AT_ONCE = 1024  # prepared, and answered


class CNNKMeansPredictor:
    """Labels series of any lengths, gaps included, and says their features."""

    Hyperparameters: ClassVar[type[Hyperparameters]] = CNNKMeansHyperparameters
    rows_are_independent: ClassVar = True

    def __init__(
        self, hyperparameters: CNNKMeansHyperparameters, columns: int, tensors: Tensors, network: Network
    ) -> None:
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(tensors["scaler.shift"], tensors["scaler.scale"])
        self.centroids = tensors["centroids"]
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
        """`series` (B, T) and `lengths` (B,) -> (B, F)."""
        return graph.graph(hyperparameters, tensors)

    @staticmethod
    def rows_at_once(hyperparameters: CNNKMeansHyperparameters) -> int:
        """Each series by itself, but that many are prepared together."""
        return SERIES_AT_ONCE

    def check(self, table: Table) -> None:
        """Raise DataError where a row has nothing in it, or more steps than the model knows."""
        check(table)
        check_steps(table.values.shape[1], self.hyperparameters.scaling, self.scaler)

    def inputs(self, table: Table) -> Iterator[Series]:
        """Series of like lengths, and their lengths."""
        for series in self._prepared(table):
            yield from (_cut(series, chunk) for chunk in chunks_of_like_length(series[1]))

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """(N, T) -> (N, 1 + F) in pieces: the label of the nearest centroid, then the features."""
        for series in self._prepared(table):
            features = encode(self.network, series, self.hyperparameters.output_size)
            yield np.column_stack([nearest(features, self.centroids).astype(np.float32), features])

    def _prepared(self, table: Table) -> Iterator[Series]:
        for first in range(0, len(table.values), SERIES_AT_ONCE):
            values = interpolate(table.values[first : first + SERIES_AT_ONCE])
            yield prepare(values, self.hyperparameters.scaling, self.scaler)


def encode(network: Network, series: Series, output_size: int) -> NDArray[np.float32]:
    """N series as `prepare` gives them -> (N, F), in chunks of like lengths."""
    features = np.empty((len(series[0]), output_size), np.float32)
    for chunk in chunks_of_like_length(series[1]):
        features[chunk] = network(*_cut(series, chunk))
    return features


def _cut(series: Series, chunk: NDArray[np.int64]) -> Series:
    values, lengths = series
    return values[chunk, : lengths[chunk].max()], lengths[chunk]
