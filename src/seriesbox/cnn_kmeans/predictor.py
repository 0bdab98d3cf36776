"""CNN-KMeans' predictions: the features of every series, and the nearest of the centroids.

Shapes: N series, T time steps, F features, K clusters.
"""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.checks import check_direction, check_observed, check_steps
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.long_series import LongSeries
from seriesbox.cnn_kmeans.onnx_encoder import onnx_graph, tensor_shapes
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, Series, scale_and_align
from seriesbox.hyperparameters import Optimization
from seriesbox.network.types import Network, Shapes, Tensors
from seriesbox.scaler import Scaler
from seriesbox.tables.table import Table

COLUMN_ROWS = 10  # of one column that is refused: fewer may be a part of a file, cut by who sends it
Steps = Callable[[int, int], NDArray[np.float32]]

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
        self.head = Head(tensors["encoder.head.weight"], tensors["encoder.head.bias"])
        self.network = network

    @staticmethod
    def shapes(hyperparameters: CNNKMeansHyperparameters, columns: int) -> Shapes:
        """Return the shapes of the scaler, the encoder and the centroids."""
        scaled = (columns if hyperparameters.scaling == "step" else 1,)
        return {
            "scaler.shift": (np.float64, scaled),
            "scaler.scale": (np.float64, scaled),
            **tensor_shapes(hyperparameters),
            "centroids": (np.float32, (hyperparameters.clusters, hyperparameters.output_size)),
        }

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
                features = self.head(_pool(self.network, long.steps, lengths, sizes))
            else:
                series = scale_and_align(values, sizes.scaling, self.scaler)
                features = encode(self.network, self.head, series, sizes)
            yield np.column_stack([nearest(features, self.centroids).astype(np.float32), features])


class Head(NamedTuple):
    """The encoder's last layer, which is linear."""

    weight: NDArray[np.float32]  # (F, Z)
    bias: NDArray[np.float32]  # (F,)

    def __call__(self, pooled: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features, (B, Z) -> (B, F)."""
        return pooled @ self.weight.T + self.bias


def encode(network: Network, head: Head, series: Series, sizes: CNNKMeansHyperparameters) -> NDArray[np.float32]:
    """Return the features of N series, (N, F), computed in chunks of similar lengths."""
    features = np.empty((len(series.lengths), len(head.bias)), np.float32)
    for indices, chunk in series.chunks(network.at_once(CHUNK_STEPS, sizes.bytes_per_step)):
        features[indices] = head(_pool(network, chunk.steps, chunk.lengths, sizes))
    return features


def _pool(network: Network, steps: Steps, lengths: NDArray[np.int64], sizes: CNNKMeansHyperparameters) -> Any:
    """Return the pooled outputs of B series of these lengths, (B, Z). Long series are computed in stretches.

    Each stretch comes with the steps before it in the receptive field. As the encoder is causal, the maximum over the
    stretches is the maximum over the whole series, while memory holds one stretch.
    steps: returns (B, T) scaled steps, from the first one to before the last one.
    """
    longest, receptive_field = int(lengths.max()), sizes.receptive_field
    stretch = max(network.at_once(CHUNK_STEPS, sizes.bytes_per_step), 4 * receptive_field)
    pooled = None
    for start in range(0, longest, stretch):
        before = min(start, receptive_field - 1)
        part = steps(start - before, min(start + stretch, longest))
        end = np.clip(lengths - (start - before), 0, part.shape[1])
        output = network(part, np.full_like(lengths, before), end)
        pooled = output if pooled is None else np.maximum(pooled, output)
    return pooled


def nearest(features: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the label of the nearest centroid, (N, F), (K, F) -> (N,), as scikit-learn's `KMeans.predict` does."""
    middle = centroids.mean(axis=0, dtype=np.float64)  # far from the origin, squares would round differences away
    centred = centroids - middle
    # Without the square of the features, which is the same for all centroids.
    distance = np.square(centred).sum(axis=1) - 2 * (features - middle) @ centred.T
    return distance.argmin(axis=1)
