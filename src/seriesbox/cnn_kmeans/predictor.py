"""CNN-KMeans' predictions: the features of every series, and the nearest of the centroids.

Shapes: N series, T time steps, F features, K clusters.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.checks import check_direction, check_observed, check_steps
from seriesbox.cnn_kmeans.features import Head, encode, pool
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.long_series import LongSeries
from seriesbox.cnn_kmeans.normalization import Normalization
from seriesbox.cnn_kmeans.onnx_encoder import onnx_graph, tensor_shapes
from seriesbox.cnn_kmeans.series import scale_and_align
from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameters import Optimization
from seriesbox.network.types import Network, Shapes, Tensors
from seriesbox.scaler import Scaler
from seriesbox.tables.table import Table

COLUMN_ROWS = 10  # of one column that is refused: fewer may be a part of a file, cut by who sends it

# The most series that are predicted at once, and the most steps or features of them; one series may have more.
SERIES_AT_ONCE, CELLS_AT_ONCE = 1024, 1_000_000


class CNNKMeansPredictor:
    """Labels series of any lengths, gaps included, and returns their features."""

    Hyperparameters: ClassVar[type[Optimization]] = CNNKMeansHyperparameters
    rows_are_independent: ClassVar = True
    gaps_are_allowed: ClassVar = True

    def __init__(
        self, hyperparameters: CNNKMeansHyperparameters, columns: int, tensors: Tensors, network: Network
    ) -> None:
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(tensors["scaler.shift"], tensors["scaler.scale"])
        self.centroids = tensors["centroids"]
        normalization = None
        if hyperparameters.features == "normalized":
            normalization = Normalization(tensors["normalization.matrix"], tensors["normalization.mean"])
        self.head = Head(tensors["encoder.head.weight"], tensors["encoder.head.bias"], normalization)
        self.network = network

    @staticmethod
    def shapes(hyperparameters: CNNKMeansHyperparameters, columns: int) -> Shapes:
        """Return the shapes of what was learnt. Raises HyperparameterError if it is no number of clusters."""
        if not hyperparameters.clusters:
            raise HyperparameterError("`clusters` of a model must be 2 or more, not 0.")
        scaled, features = (columns if hyperparameters.scaling == "step" else 1,), hyperparameters.output_size
        shapes: Shapes = {
            "scaler.shift": (np.float64, scaled),
            "scaler.scale": (np.float64, scaled),
            **tensor_shapes(hyperparameters),
            "centroids": (np.float32, (hyperparameters.clusters, features)),
        }
        if hyperparameters.features == "normalized":
            shapes["normalization.matrix"] = (np.float32, (features, features))
            shapes["normalization.mean"] = (np.float32, (features,))
        return shapes

    @staticmethod
    def graph(hyperparameters: CNNKMeansHyperparameters, tensors: Tensors) -> bytes:
        """Return the graph of the encoder's blocks: `series` (B, T), `first` and `end` (B,) -> (B, Z)."""
        return onnx_graph(hyperparameters, tensors)

    @staticmethod
    def min_rows(hyperparameters: CNNKMeansHyperparameters) -> int:
        """Return 1: series do not depend on each other."""
        return 1

    def probe(self) -> Table:
        """Return one series of one step."""
        return Table.of(np.full((1, 1), self.scaler.shift[0]))

    def check(self, table: Table) -> None:
        """Raise DataError if a row has nothing in it or more steps than the model knows, or if rows are no series."""
        if self.columns > 1:
            check_direction(table, COLUMN_ROWS)
        check_observed(table)
        check_steps(table.values.shape[1], self.hyperparameters.scaling, self.scaler)

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """Yield the label of the nearest centroid, then the features, (N, T) -> (N, 1 + F) in chunks."""
        sizes, steps = self.hyperparameters, table.values.shape[1]
        at_once = self.network.at_once(SERIES_AT_ONCE, bytes_each=4 * sizes.output_size)
        at_once = max(1, min(at_once, CELLS_AT_ONCE // max(steps, sizes.output_size)))
        for first in range(0, len(table.values), at_once):
            values = table.values[first : first + at_once]
            bridge_gaps(values)
            if steps > CELLS_AT_ONCE:
                long = LongSeries.of(values[0], sizes.scaling, self.scaler)
                lengths = np.array([long.values.shape[1]])
                features = self.head(pool(self.network, long.steps, lengths, sizes))
            else:
                series = scale_and_align(values, sizes.scaling, self.scaler)
                features = encode(self.network, self.head, series, sizes)
            yield np.column_stack([nearest(features, self.centroids).astype(np.float32), features])


def nearest(features: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the label of the nearest centroid, (N, F), (K, F) -> (N,), as scikit-learn's `KMeans.predict` does."""
    middle = centroids.mean(axis=0, dtype=np.float64)  # far from the origin, squares would round differences away
    centred = centroids - middle
    # Without the square of the features, which is the same for all centroids.
    distance = np.square(centred).sum(axis=1) - 2 * (features - middle) @ centred.T
    return distance.argmin(axis=1)
