"""LSTM-AD's predictions: a forecast of every block of rows from those before it, and how likely its errors are.

Shapes: N rows, D columns, L context steps, P predicted steps, S rows from a forecast to the next, B windows.
"""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from seriesbox.answers import NEEDS_TRAINING, Details, Predictions
from seriesbox.errors import DataError
from seriesbox.lstm_ad.alarms import Alarms
from seriesbox.lstm_ad.bridges import Bridge
from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.onnx_forecaster import onnx_graph, tensor_shapes
from seriesbox.lstm_ad.recording import check_recording
from seriesbox.lstm_ad.scores import Scores
from seriesbox.network.types import Network, Shapes, Tensors
from seriesbox.optimization import Optimization
from seriesbox.scaler import Scaler
from seriesbox.tables.table import Table

# The most windows that a core forecasts at once, and the most rows in them: more leave its cache and are slower. And
# the most cells that any device forecasts at once.
WINDOWS_AT_ONCE, ROWS_AT_ONCE, CELLS_AT_ONCE = 64, 100_000, 1_000_000
MAX_FLOAT32 = np.finfo(np.float32).max


class LSTMADPredictor:
    """Scores every row of one or several columns by how well it was forecast."""

    Hyperparameters: ClassVar[type[Optimization]] = LSTMADHyperparameters
    rows_are_independent: ClassVar = False
    gaps_are_allowed: ClassVar = True
    newer_tensors: ClassVar = frozenset({"threshold"})

    def __init__(
        self, hyperparameters: LSTMADHyperparameters, columns: int, tensors: Tensors, network: Network
    ) -> None:
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(tensors["scaler.shift"], tensors["scaler.scale"])
        self.gaussian = Gaussian(tensors["gaussian.mean"], tensors["gaussian.cholesky"])
        self.threshold = float(tensors["threshold"])
        self.network = network

    @staticmethod
    def shapes(hyperparameters: LSTMADHyperparameters, columns: int) -> Shapes:
        """Return the shapes of the scaler, the forecaster and the Gaussian. Raises HyperparameterError."""
        hyperparameters.check_stride(columns)
        errors = hyperparameters.forecasts * columns
        return {
            "scaler.shift": (np.float64, (columns,)),
            "scaler.scale": (np.float64, (columns,)),
            **tensor_shapes(hyperparameters, columns),
            "gaussian.mean": (np.float64, (errors,)),
            "gaussian.cholesky": (np.float64, (errors, errors)),
            "threshold": (np.float64, ()),
        }

    @staticmethod
    def graph(hyperparameters: LSTMADHyperparameters, tensors: Tensors) -> bytes:
        """Return the graph of the forecaster: `context` (B, L, D) -> (B, P * D)."""
        return onnx_graph(hyperparameters, tensors)

    @staticmethod
    def min_rows(hyperparameters: LSTMADHyperparameters) -> int:
        """Return the rows of one window."""
        return hyperparameters.context_length + hyperparameters.prediction_length

    def probe(self) -> Table:
        """Return one window in which nothing changes."""
        return Table.of(np.tile(self.scaler.shift, (self.min_rows(self.hyperparameters), 1)))

    def check(self, table: Table) -> None:
        """Raise DataError if too much is missing, the table is too short, or its columns are not the trained ones."""
        check_recording(table, self.columns, self.hyperparameters, 1, "to predict")

    def names(self, details: Details | None, columns: Sequence[str] = ()) -> list[str]:
        """Return the names of an answer's columns. Raises DataError if the model has no threshold.

        columns: the names of a table's columns, if they are known; else numbers stand for them.
        """
        if details is not None and math.isnan(self.threshold):
            raise DataError(NEEDS_TRAINING)
        columns = columns or [str(number + 1) for number in range(self.columns)]
        forecasts = [f"forecast_{column}" for column in columns]
        return ["score", *forecasts, *(Alarms.names(columns) if details is not None else ())]

    def predict(self, table: Table, details: Details | None = None) -> Iterator[Predictions]:
        """Yield the log-density of the forecast errors, then the newest forecast in input units: (N, D) -> (N, 1 + D).

        With details, the columns of `Alarms` follow. The first L rows are NaN. So are the scores of the next P - S
        ones, which have not all their forecasts, in chunks of their own, and those of rows in which nothing is given.
        """
        sizes = self.hyperparameters
        yield self._predictions(np.full((sizes.context_length, len(self.names(details))), np.nan, np.float32))
        alarms = None
        if details is not None:
            threshold = self.threshold if details.threshold is None else details.threshold
            alarms = Alarms(self.gaussian, self.scaler, sizes, threshold)
        scores = Scores(self.gaussian, sizes, self.columns, alarms.surprise if alarms else None)
        unscored = sizes.prediction_length - sizes.stride
        for rows, actual in self._chunks(table):
            forecasts = self._forecast(rows)
            newest = forecasts[:, : sizes.stride].reshape(-1, self.columns)[: len(actual)]
            scored = scores(forecasts, actual)
            answer = _as_float32(scored[:, :1], self.scaler.inverse(newest))
            if alarms:
                answer = _as_float32(answer, alarms(answer[:, 0], scored[:, 1:]))
            yield from map(self._predictions, filter(len, (answer[:unscored], answer[unscored:])))
            unscored = max(0, unscored - len(answer))

    def _predictions(self, columns: NDArray[np.float32]) -> Predictions:
        """Return an answer whose drift is told by its anomalies, by the model's threshold, and by its scores."""
        scores = columns[:, 0]
        drift = {"anomalies": scores.astype(np.float64) < self.threshold, "score_median": scores}
        return Predictions(columns, {} if math.isnan(self.threshold) else drift)

    def _chunks(self, table: Table) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Yield scaled rows, bridged, L before the N that are next, and the N as they are: (L + N, D), (N, D)."""
        sizes, context = self.hyperparameters, self.hyperparameters.context_length
        longest = max(context, sizes.prediction_length)
        cached = max(1, min(WINDOWS_AT_ONCE, ROWS_AT_ONCE // longest))
        at_once = self.network.at_once(cached, sizes.bytes_per_window(self.columns))
        chunk = sizes.stride * max(1, min(at_once, CELLS_AT_ONCE // (longest * self.columns)))
        values, bridge = table.values, Bridge(table.values)
        scaled = self.scaler(bridge(slice(0, context)))
        for first in range(context, len(values), chunk):
            rows = slice(first, min(first + chunk, len(values)))
            scaled = np.concatenate([scaled[-context:], self.scaler(bridge(rows))])
            yield scaled, self.scaler(values[rows])

    def _forecast(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return a forecast for every block of S rows or fewer that follows a context: (rows, D) -> (B, P, D)."""
        context, stride = self.hyperparameters.context_length, self.hyperparameters.stride
        known = np.nan_to_num(rows[:-1].astype(np.float32), copy=False)  # the head of a training file may lack a column
        windows = sliding_window_view(known, context, axis=0, writeable=True)  # (B * S, D, L)
        contexts = np.ascontiguousarray(windows[::stride].transpose(0, 2, 1))  # (B, L, D)
        return self.network(contexts).reshape(-1, self.hyperparameters.prediction_length, self.columns)


def _as_float32(*columns: NDArray[np.floating]) -> NDArray[np.float32]:
    """Join columns, cut to what float32 can hold."""
    return np.column_stack(columns).clip(-MAX_FLOAT32, MAX_FLOAT32).astype(np.float32)
