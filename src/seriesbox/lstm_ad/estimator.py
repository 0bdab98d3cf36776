"""LSTM-AD: a stacked LSTM forecasts, a Gaussian on its errors says how normal the next steps are.

Malhotra et al. 2015 (see `gaussian.py`).

Shapes: N rows, D columns, L context steps, P predicted steps, B windows.
"""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seriesbox.errors import DataError
from seriesbox.hyperparameters import hp
from seriesbox.layers.scaler import Scaler
from seriesbox.lstm_ad.forecaster import Forecaster
from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.windows import Windows
from seriesbox.tables.table import Table
from seriesbox.training import Optimization, Run, finished, optimize

# Windows forecast at once outside training: larger chunks leave the cache and are slower.
CHUNK_WINDOWS = 256
# Windows that the Gaussian is fitted to when training is stopped.
WINDOWS_IN_HASTE = 2000


class LSTMADHyperparameters(Optimization):
    """LSTM-AD's hyperparameters; the published product's defaults are not known, these are its examples' values."""

    context_length: int = hp(100, "Rows that a forecast is made from.", ge=1, le=100_000, tunable=True)
    prediction_length: int = hp(10, "Rows that are forecast at once.", ge=1, le=100_000, tunable=True)
    sequence_stride: int = hp(10, "Rows between the starts of training windows.", ge=1, le=100_000, tunable=True)
    hidden_size: int = hp(32, "Units of every LSTM layer.", ge=1, le=4096, tunable=True)
    num_layers: int = hp(2, "Stacked LSTM layers.", ge=1, le=16, tunable=True)
    dropout: float = hp(
        0.5, "Share of units dropped between LSTM layers; a single layer has none.", ge=0, le=0.99, tunable=True
    )
    batch_size: int = hp(128, "Windows per gradient step.", ge=1, le=100_000, tunable=True)


class LSTMAD(nn.Module):
    """Scores every row of one or several columns by how well it was foreseen."""

    Hyperparameters: ClassVar = LSTMADHyperparameters
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_mse": "Minimize",
        "train_mae": "Minimize",
        "valid_mse": "Minimize",
        "valid_mae": "Minimize",
    }
    rows_are_independent: ClassVar = False

    def __init__(self, hyperparameters: LSTMADHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(columns)
        self.forecaster = Forecaster(
            columns,
            hyperparameters.prediction_length,
            hyperparameters.hidden_size,
            hyperparameters.num_layers,
            hyperparameters.dropout,
        )
        self.gaussian = Gaussian(columns)

    @classmethod
    def fit(
        cls, hyperparameters: LSTMADHyperparameters, train: Sequence[Table], validation: Sequence[Table], run: Run
    ) -> Self:
        """Fit on normal data, one table per file; no window spans two files. `validation` is only scored.

        Raises DataError when a cell is missing, a file is too short, or files differ in their columns.
        """
        torch.manual_seed(hyperparameters.seed)
        model = cls(hyperparameters, columns=int(np.bincount(train[0].widths).argmax()))
        window = hyperparameters.context_length + hyperparameters.prediction_length
        # Four fifths of every file fit the network; the last fifth gives the errors the Gaussian is fitted to.
        rows = [model._rows(table, 5 * window, "to train on, so that the last fifth holds a window") for table in train]
        fitted = [one[: len(one) * 4 // 5] for one in rows]
        held_out = [one[len(one) * 4 // 5 :] for one in rows]
        scored = [model._rows(table, window, "to validate with") for table in validation]

        low, high = torch.cat(fitted).aminmax(dim=0)
        model.scaler.set(shift=low, scale=high - low)
        model.to(run.device)

        windows, held_out_windows = model._windows(fitted, run), model._windows(held_out, run)
        validation_windows = model._windows(scored, run) if scored else None

        def loss(batch: Tensor) -> Tensor:
            context, target = model._split(windows[batch])
            return F.mse_loss(model.forecaster(context), target)

        def evaluate(_: float) -> dict[str, float]:
            metrics = model._errors_of(windows, "train")
            return metrics if validation_windows is None else metrics | model._errors_of(validation_windows, "valid")

        optimize(model.forecaster, len(windows), loss, evaluate, hyperparameters, run)
        errors = finished(run, lambda: model._all_errors(held_out_windows))
        if errors is None:  # stopped: there may be seconds left
            errors = model._all_errors(held_out_windows, every=math.ceil(len(held_out_windows) / WINDOWS_IN_HASTE))
        model.gaussian.fit(errors)
        return model.eval()

    def check(self, table: Table) -> None:
        """Raise DataError where a cell is missing, the table is too short, or its columns are not the trained ones."""
        self._series(table)

    @torch.inference_mode()
    def predict(self, table: Table) -> Tensor:
        """(N, D) -> (N, 1 + D) float32: log-density of the forecast error, then the forecast in input units.

        The first `context_length` rows are NaN. Raises DataError as `check` does.
        """
        context_length, prediction_length = self.hyperparameters.context_length, self.hyperparameters.prediction_length
        rows = self._series(table).to(self.scaler.shift.device)
        scaled = self.scaler(rows)
        contexts = Windows([scaled[:-1].float()], context_length, stride=prediction_length)
        blocks = [self.forecaster(contexts[chunk]) for chunk in _chunks(contexts)]
        forecast = torch.cat(blocks).flatten(0, 1)[: len(rows) - context_length].double()
        score = self.gaussian.log_density(scaled[context_length:] - forecast)
        output = torch.full((len(rows), 1 + self.columns), torch.nan, device=rows.device)
        limits = torch.finfo(output.dtype)
        predictions = torch.cat([score[:, None], self.scaler.inverse(forecast)], dim=1)
        output[context_length:] = predictions.clamp(limits.min, limits.max)
        return output

    def _series(self, table: Table) -> Tensor:
        shortest = self.hyperparameters.context_length + self.hyperparameters.prediction_length
        return self._rows(table, shortest, "to predict; a series must come in one piece (SplitType None)")

    def _rows(self, table: Table, shortest: int, purpose: str) -> Tensor:
        """The table as (N, D) float64, once it is known to be complete, long enough and of the right columns."""
        count, columns = len(table.values), self.columns
        strange = np.flatnonzero(table.widths != columns)
        if len(strange) == count:
            raise DataError(
                f"{table.name} has rows of {table.widths[0]} cells, but the training data has {columns}: give one time "
                "step per row and one series per column."
            )
        if len(strange):
            raise DataError(
                f"{table.name}: row {strange[0] + 1} has {table.widths[strange[0]]} cells, the others have {columns}. "
                "LSTM-AD needs every row complete."
            )
        missing = np.argwhere(np.isnan(table.values))
        if len(missing):
            row, column = missing[0] + 1
            raise DataError(
                f"{table.name}: row {row} is empty in column {column}. LSTM-AD needs a number in every cell: fill the "
                "gaps before."
            )
        if count < shortest:
            lengths = self.hyperparameters.context_length, self.hyperparameters.prediction_length
            raise DataError(
                f"{table.name} has {count} rows, but context-length {lengths[0]} and prediction-length {lengths[1]} "
                f"need at least {shortest} {purpose}."
            )
        return torch.from_numpy(table.values)

    def _windows(self, series: Sequence[Tensor], run: Run) -> Windows:
        length = self.hyperparameters.context_length + self.hyperparameters.prediction_length
        return Windows(
            [self.scaler(one.to(run.device)).float() for one in series], length, self.hyperparameters.sequence_stride
        )

    def _split(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """(B, L + P, D) -> (B, L, D), (B, P, D)."""
        return windows[:, : self.hyperparameters.context_length], windows[:, self.hyperparameters.context_length :]

    def _errors(self, windows: Windows) -> Iterator[Tensor]:
        """Signed forecast errors, (B, P, D) at a time."""
        for chunk in _chunks(windows):
            context, target = self._split(windows[chunk])
            yield target - self.forecaster(context)

    @torch.inference_mode()
    def _all_errors(self, windows: Windows, every: int = 1) -> Tensor:
        """(errors, D): those of all windows, or of one in so many."""
        if every > 1:
            some = torch.arange(0, len(windows), every, device=self.scaler.shift.device)
            context, target = self._split(windows[some])
            return (target - self.forecaster(context)).flatten(0, 1)
        return torch.cat(list(self._errors(windows))).flatten(0, 1)

    def _errors_of(self, windows: Windows, prefix: str) -> dict[str, float]:
        squared = absolute = 0.0
        for errors in self._errors(windows):
            squared += float(errors.square().sum(dtype=torch.float64))
            absolute += float(errors.abs().sum(dtype=torch.float64))
        count = len(windows) * self.hyperparameters.prediction_length * self.columns
        return {f"{prefix}_mse": squared / count, f"{prefix}_mae": absolute / count}


def _chunks(windows: Windows) -> Iterator[slice]:
    return (slice(first, first + CHUNK_WINDOWS) for first in range(0, len(windows), CHUNK_WINDOWS))
