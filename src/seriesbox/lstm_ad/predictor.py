"""LSTM-AD's predictions: a forecast of every block of rows from those before it, and how likely its errors are.

Shapes: N rows, D columns, L context steps, P predicted steps, B windows.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from seriesbox.hyperparameters import Optimization
from seriesbox.layers.scaler import Scaler
from seriesbox.lstm_ad import graph
from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.series import check
from seriesbox.network import Network, Shapes, Tensors
from seriesbox.tables.table import Table

# Windows forecast at once, and their steps at most: more leave the cache and are slower.
CHUNK_WINDOWS, CHUNK_STEPS = 64, 100_000
LARGEST = np.finfo(np.float32).max


class LSTMADPredictor:
    """Scores every row of one or several columns by how well it was foreseen."""

    Hyperparameters: ClassVar[type[Optimization]] = LSTMADHyperparameters
    rows_are_independent: ClassVar = False

    def __init__(
        self, hyperparameters: LSTMADHyperparameters, columns: int, tensors: Tensors, network: Network
    ) -> None:
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(tensors["scaler.shift"], tensors["scaler.scale"])
        self.gaussian = Gaussian(tensors["gaussian.mean"], tensors["gaussian.cholesky"])
        self.network = network

    @staticmethod
    def shapes(hyperparameters: LSTMADHyperparameters, columns: int) -> Shapes:
        """Of the scaler, the forecaster and the Gaussian."""
        return {
            "scaler.shift": (np.float64, (columns,)),
            "scaler.scale": (np.float64, (columns,)),
            **graph.shapes(hyperparameters, columns),
            "gaussian.mean": (np.float64, (columns,)),
            "gaussian.cholesky": (np.float64, (columns, columns)),
        }

    @staticmethod
    def graph(hyperparameters: LSTMADHyperparameters, tensors: Tensors) -> bytes:
        """`context` (B, L, D) -> (B, P * D)."""
        return graph.graph(hyperparameters, tensors)

    def probe(self) -> Table:
        """One window in which nothing changes."""
        window = self.hyperparameters.context_length + self.hyperparameters.prediction_length
        return Table.of(np.tile(self.scaler.shift, (window, 1)))

    def check(self, table: Table) -> None:
        """Raise DataError where a cell is missing, the table is too short, or its columns are not the trained ones."""
        check(
            table, self.columns, self.hyperparameters, 1, "to predict; a series must come in one piece (SplitType None)"
        )

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """(N, D) -> (N, 1 + D) in pieces: log-density of the forecast error, then the forecast in input units.

        The first L rows are NaN.
        """
        context_length = self.hyperparameters.context_length
        yield np.full((context_length, 1 + self.columns), np.nan, np.float32)
        for rows in self._chunks(table):
            actual = rows[context_length:]
            forecast = self.network(self._contexts(rows)).reshape(-1, self.columns)[: len(actual)]
            score = self.gaussian.log_density(actual - forecast)
            output = np.column_stack([score, self.scaler.inverse(forecast)])
            yield np.clip(output, -LARGEST, LARGEST).astype(np.float32)

    def _chunks(self, table: Table) -> Iterator[NDArray[np.float64]]:
        """Scaled rows: the contexts of some windows, and what followed them."""
        context, predicted = self.hyperparameters.context_length, self.hyperparameters.prediction_length
        chunk = predicted * max(1, min(CHUNK_WINDOWS, CHUNK_STEPS // max(context, predicted)))
        for first in range(0, len(table.values) - context, chunk):
            yield self.scaler(table.values[first : first + context + chunk])

    def _contexts(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """(rows, D) -> (B, L, D): a context for every P rows or less that follow one."""
        context, predicted = self.hyperparameters.context_length, self.hyperparameters.prediction_length
        windows = sliding_window_view(rows[:-1].astype(np.float32), context, axis=0, writeable=True)  # (B * P, D, L)
        return np.ascontiguousarray(windows[::predicted].transpose(0, 2, 1))
