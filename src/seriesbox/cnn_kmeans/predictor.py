"""CNN-KMeans' predictions: the features of every series, the nearest of the centroids, and how near it is.

Shapes: N series, V variables, T time steps, F features of the whole series, K clusters.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from seriesbox.answers import NEEDS_TRAINING, Details, Predictions
from seriesbox.cnn_kmeans.checks import check_direction, check_observed, check_steps, check_variables
from seriesbox.cnn_kmeans.distances import Position
from seriesbox.cnn_kmeans.features import Head, encode, pool
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.long_series import LongSeries
from seriesbox.cnn_kmeans.normalization import Normalization
from seriesbox.cnn_kmeans.onnx_encoder import onnx_graph, tensor_shapes
from seriesbox.cnn_kmeans.series import scale_and_align
from seriesbox.cnn_kmeans.variables import as_series
from seriesbox.errors import DataError, HyperparameterError
from seriesbox.network.types import Network, Shapes, Tensors
from seriesbox.optimization import Optimization
from seriesbox.scaler import Scaler
from seriesbox.tables.table import Table, are_equal

COLUMN_ROWS = 10  # of one column that is refused: fewer may be a part of a file, cut by who sends it

# The most series that are predicted at once, and the most steps or features of them; one series may have more.
SERIES_AT_ONCE, CELLS_AT_ONCE = 1024, 1_000_000


class CNNKMeansPredictor:
    """Labels series of any lengths, gaps included, and returns their features."""

    Hyperparameters: ClassVar[type[Optimization]] = CNNKMeansHyperparameters
    rows_are_independent: ClassVar = True
    gaps_are_allowed: ClassVar = True
    newer_tensors: ClassVar = frozenset({"radii"})
    threshold = None

    def __init__(
        self, hyperparameters: CNNKMeansHyperparameters, columns: int, tensors: Tensors, network: Network
    ) -> None:
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(tensors["scaler.shift"], tensors["scaler.scale"])
        self.centroids, self.radii = tensors["centroids"], tensors["radii"]
        normalization = None
        if hyperparameters.features != "raw":
            normalization = Normalization(tensors["normalization.matrix"], tensors["normalization.mean"])
        self.head = Head(tensors["encoder.head.weight"], tensors["encoder.head.bias"], normalization)
        self.network = network

    @staticmethod
    def shapes(hyperparameters: CNNKMeansHyperparameters, columns: int) -> Shapes:
        """Return the shapes of what was learnt. Raises HyperparameterError if no model can have them."""
        if not hyperparameters.clusters:
            raise HyperparameterError("`clusters` of a model must be 2 or more, not 0.")
        if columns % (variables := hyperparameters.variables):
            raise HyperparameterError(f"A model of {variables} variables cannot have {columns} columns.")
        scaled = (columns if hyperparameters.scaling == "step" else variables,)
        parts, features = hyperparameters.parts, hyperparameters.output_size
        shapes: Shapes = {
            "scaler.shift": (np.float64, scaled),
            "scaler.scale": (np.float64, scaled),
            **tensor_shapes(hyperparameters),
            "centroids": (np.float32, (hyperparameters.clusters, parts * features)),
            "radii": (np.float64, (hyperparameters.clusters,)),
        }
        if hyperparameters.features != "raw":
            shapes["normalization.matrix"] = (np.float32, (parts, features, features))
            shapes["normalization.mean"] = (np.float32, (parts, features))
        return shapes

    @staticmethod
    def graph(hyperparameters: CNNKMeansHyperparameters, tensors: Tensors) -> bytes:
        """Return the graph of the encoder's blocks: `series` (B, V, T), `first` and `end` (B, R) -> (B, R, Z)."""
        return onnx_graph(hyperparameters, tensors)

    @staticmethod
    def min_rows(hyperparameters: CNNKMeansHyperparameters) -> int:
        """Return 1: series do not depend on each other."""
        return 1

    def probe(self) -> Table:
        """Return one series of one step."""
        return Table.of(self.scaler.shift.reshape(self.hyperparameters.variables, -1)[:, 0][None])

    def check(self, table: Table) -> None:
        """Raise DataError if a row has nothing in it or more steps than the model knows, or if rows are no series."""
        variables = self.hyperparameters.variables
        check_variables(table, variables)
        if self.columns > variables:
            check_direction(table, COLUMN_ROWS, variables)
        check_observed(table)
        steps, known = (cells // variables for cells in (table.values.shape[1], len(self.scaler.shift)))
        check_steps(steps, self.hyperparameters.scaling, known)

    def names(self, details: Details | None, columns: Sequence[str] = ()) -> list[str]:
        """Return the names of an answer's columns. Raises DataError if the model cannot give the details."""
        published = ["label", *(f"feature_{number + 1}" for number in range(self.hyperparameters.output_size))]
        if details is None:
            return published
        if details.threshold is not None:
            raise DataError("A threshold is for models that give scores, and this one gives clusters: leave it out.")
        if np.isnan(self.radii).any():
            raise DataError(NEEDS_TRAINING)
        return [*published, "distance", "margin", "second", "outlier"]

    def predict(self, table: Table, details: Details | None = None) -> Iterator[Predictions]:
        """Yield the label of the nearest centroid, the features, and the details, (N, V T) -> (N, 1 + F ...) in chunks.

        The details are those of `Position`, and whether the distance is beyond the cluster's radius: 1 or 0. Labels and
        details are by the features of all parts of a series, of which the whole comes first.
        """
        sizes, cells = self.hyperparameters, table.values.shape[1]
        at_once = self.network.at_once(SERIES_AT_ONCE, bytes_each=4 * sizes.features_per_series)
        at_once = max(1, min(at_once, CELLS_AT_ONCE // max(cells, sizes.features_per_series)))
        for first in range(0, len(table.values), at_once):
            values = self._series(table, slice(first, first + at_once))
            if cells > CELLS_AT_ONCE:
                long = LongSeries.of(values, sizes.scaling, self.scaler)
                features = self.head(pool(self.network, long.steps, long.observed.length, sizes))
            else:
                series = scale_and_align(values, sizes.scaling, self.scaler)
                features = encode(self.network, self.head, series, sizes)
            near = Position.of(features, self.centroids)
            outliers = near.is_beyond(self.radii)
            columns: list[NDArray[Any]] = [near.label, features[:, : sizes.output_size]]
            if details is not None:
                columns += [near.distance, near.margin, near.second, outliers]
            yield Predictions(
                np.column_stack([each.astype(np.float32, copy=False) for each in columns]),
                {} if np.isnan(self.radii).any() else {"outliers": outliers, "margin_median": near.margin},
            )

    def _series(self, table: Table, rows: slice) -> NDArray[np.float64]:
        """Return rows of a table as series without gaps: (N, V, T)."""
        values, widths, variables = table.values[rows], table.widths[rows], self.hyperparameters.variables
        if variables > 1:
            values = values[:, : widths.max()]
            if not are_equal(widths):  # variables are moved, and the table may be predicted again
                values = values.copy()
        return as_series(values, widths, variables)
