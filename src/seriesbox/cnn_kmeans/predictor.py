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
from seriesbox.cnn_kmeans.series import Series, check, check_steps, chunks_of_like_length, cut, interpolate, prepare
from seriesbox.hyperparameters import Optimization
from seriesbox.layers.scaler import Scaler
from seriesbox.network import Network, Shapes, Tensors
from seriesbox.tables.table import Table

SERIES_AT_ONCE = 1024  # prepared, and answered


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

    def check(self, table: Table) -> None:
        """Raise DataError where a row has nothing in it, or more steps than the model knows."""
        check(table)
        check_steps(table.values.shape[1], self.hyperparameters.scaling, self.scaler)

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """(N, T) -> (N, 1 + F) in pieces: the label of the nearest centroid, then the features."""
        for first in range(0, len(table.values), SERIES_AT_ONCE):
            values = interpolate(table.values[first : first + SERIES_AT_ONCE])
            series = prepare(values, self.hyperparameters.scaling, self.scaler)
            features = encode(self.network, series, self.hyperparameters.output_size)
            yield np.column_stack([nearest(features, self.centroids).astype(np.float32), features])


def encode(network: Network, series: Series, output_size: int) -> NDArray[np.float32]:
    """N series as `prepare` gives them -> (N, F), in chunks of like lengths."""
    features = np.empty((len(series[0]), output_size), np.float32)
    for chunk in chunks_of_like_length(series[1]):
        features[chunk] = network(*cut(series, chunk))
    return features
