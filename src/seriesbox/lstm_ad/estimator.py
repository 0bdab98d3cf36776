"""LSTM-AD: a stacked LSTM forecasts, a Gaussian on its errors says how normal the next steps are.

Malhotra et al. 2015 (see `gaussian.py`).

Shapes: N rows, D columns, L context steps, P predicted steps, B windows.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.errors import DataError, found, raise_together
from seriesbox.layers.buffers import Buffers
from seriesbox.layers.scaler import Scaler
from seriesbox.layers.torch_network import TorchNetwork, arrays
from seriesbox.lstm_ad.forecaster import Forecaster
from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.lstm_ad.series import check
from seriesbox.lstm_ad.windows import Windows
from seriesbox.tables.table import Table, Tables
from seriesbox.training import Run, check_patience, finished, optimize

# Windows forecast at once outside training: larger chunks leave the cache and are slower.
CHUNK_WINDOWS = 256
SAMPLE = 16  # windows
# Windows that the Gaussian is fitted to when training is stopped.
WINDOWS_IN_HASTE = 2000


class LSTMAD(nn.Module):
    """Scores every row of one or several columns by how well it was foreseen."""

    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_mse": "Minimize",
        "train_mae": "Minimize",
        "valid_mse": "Minimize",
        "valid_mae": "Minimize",
    }

    def __init__(self, hyperparameters: LSTMADHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Buffers(shift=torch.zeros(columns).double(), scale=torch.ones(columns).double())
        self.forecaster = Forecaster(
            columns,
            hyperparameters.prediction_length,
            hyperparameters.hidden_size,
            hyperparameters.num_layers,
            hyperparameters.dropout,
        )
        self.sample: tuple[NDArray[Any], ...] = ()
        self.gaussian = Buffers(mean=torch.zeros(columns).double(), cholesky=torch.eye(columns).double())

    @classmethod
    def fit(
        cls,
        hyperparameters: LSTMADHyperparameters,
        train: Sequence[Table],
        validation: Sequence[Table],
        run: Run,
        earlier: Self | None = None,
    ) -> Self:
        """Fit on normal data, one table per file; no window spans two files. `validation` is only scored.

        An `earlier` model lends its forecaster to begin with, and its scaler. `Tables` are used up: their
        memory becomes the training data. Other sequences of tables are copied first.

        Raises DataError when a cell is missing, a file is too short, or files differ in their columns.
        """
        check_patience(hyperparameters, bool(validation))
        torch.manual_seed(hyperparameters.seed + run.group.rank)  # weights and order are the first process'
        raise_together(cls.faults(hyperparameters, train, validation))
        model = cls(hyperparameters, train[0].width)
        if earlier and earlier.columns != model.columns:
            raise DataError(
                f"{train[0].name} has rows of {model.columns} cells, but the earlier model knows {earlier.columns}: a "
                "training that continues needs the same columns."
            )
        tables = Tables.of(train)
        # Four fifths of every file fit the network; the last fifth gives the errors the Gaussian is fitted to.
        cuts = [span.start + (span.stop - span.start) * 4 // 5 for span in tables.spans]
        fitted = [slice(span.start, cut) for span, cut in zip(tables.spans, cuts, strict=True)]
        held_out = [slice(cut, span.stop) for span, cut in zip(tables.spans, cuts, strict=True)]

        low = np.min([tables.values[rows].min(axis=0) for rows in fitted], axis=0)
        high = np.max([tables.values[rows].max(axis=0) for rows in fitted], axis=0)
        scaler = Scaler(shift=low, scale=np.where(high > low, high - low, 1))
        if earlier:
            model.forecaster.load_state_dict(earlier.forecaster.state_dict())
            scaler = earlier.predictor().scaler
        model.scaler.set(**scaler._asdict())
        model.to(run.device)

        rows = model._rows(tables, scaler)
        windows, held_out_windows = model._windows(rows, fitted), model._windows(rows, held_out)
        validation_windows = None
        if validation:
            tables = Tables.of(validation)
            validation_windows = model._windows(model._rows(tables, scaler), tables.spans)

        def loss(batch: Tensor) -> Tensor | None:
            own = batch[run.group.share(len(batch))]
            if not len(own):
                return None
            context, target = model._split(windows[own])
            return F.mse_loss(model.forecaster(context), target)

        def evaluate(_: float) -> dict[str, float]:
            metrics = model._errors_of(windows, "train", run)
            if validation_windows is not None:
                metrics |= model._errors_of(validation_windows, "valid", run)
            return metrics

        contexts, _ = model._split(windows[torch.arange(min(SAMPLE, len(windows)), device=run.device)])
        model.sample = (contexts.numpy(force=True),)
        optimize(model.forecaster, len(windows), loss, evaluate, hyperparameters, run)
        gaussian = finished(run, lambda: Gaussian.fit(model._all_errors(held_out_windows, run), run.group.sum))
        if gaussian is None:  # stopped: there may be seconds left
            every = math.ceil(len(held_out_windows) / WINDOWS_IN_HASTE)
            gaussian = Gaussian.fit(model._all_errors(held_out_windows, run, every), run.group.sum)
        model.gaussian.set(**gaussian._asdict())
        return model.eval()

    @staticmethod
    def faults(
        hyperparameters: LSTMADHyperparameters, train: Sequence[Table], validation: Sequence[Table]
    ) -> list[DataError]:
        """The tables with missing cells, other columns than the first one's, or too few rows."""
        columns = train[0].width

        def check_training(table: Table) -> None:
            check(table, columns, hyperparameters, 5, "to train on, so that the last fifth holds a window")

        def check_validation(table: Table) -> None:
            check(table, columns, hyperparameters, 1, "to validate with")

        return found(check_training, train) + found(check_validation, validation)

    def predictor(self) -> LSTMADPredictor:
        """Its other half, whose network torch computes where this one is."""
        return LSTMADPredictor(
            self.hyperparameters, self.columns, arrays(self.state_dict()), TorchNetwork(self.forecaster)
        )

    def _rows(self, tables: Tables, scaler: Scaler) -> Tensor:
        """(N, D) scaled; the tables are used up."""
        scaled = tables.used_up(lambda values: scaler(values).astype(np.float32))
        return torch.from_numpy(scaled).to(self.forecaster.head.weight.device)

    def _windows(self, rows: Tensor, series: Sequence[slice]) -> Windows:
        length = self.hyperparameters.context_length + self.hyperparameters.prediction_length
        return Windows(rows, series, length, self.hyperparameters.sequence_stride)

    def _split(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """(B, L + P, D) -> (B, L, D), (B, P, D)."""
        return windows[:, : self.hyperparameters.context_length], windows[:, self.hyperparameters.context_length :]

    def _errors(self, windows: Windows, run: Run, every: int = 1) -> Iterator[Tensor]:
        """Signed forecast errors of this process' windows, or of one in so many; (B, P, D) at a time."""
        indices = torch.arange(0, len(windows), every, device=self.forecaster.head.weight.device)
        for chunk in indices[run.group.share(len(indices))].split(CHUNK_WINDOWS):
            context, target = self._split(windows[chunk])
            yield target - self.forecaster(context)

    @torch.inference_mode()
    def _all_errors(self, windows: Windows, run: Run, every: int = 1) -> NDArray[np.float32]:
        """(errors, D) of this process."""
        errors = [each.flatten(0, 1).numpy(force=True) for each in self._errors(windows, run, every)]
        return np.concatenate([np.empty((0, self.columns), np.float32), *errors])

    def _errors_of(self, windows: Windows, prefix: str, run: Run) -> dict[str, float]:
        """Of the windows of all processes. Raises StoppedError where the run is to end."""
        sums = np.zeros(3)
        for errors in self._errors(windows, run):
            run.go_on()
            squared, absolute = errors.square().sum(dtype=torch.float64), errors.abs().sum(dtype=torch.float64)
            sums += float(squared), float(absolute), errors.numel()
        squared, absolute, count = run.group.sum(sums)
        return {f"{prefix}_mse": float(squared / count), f"{prefix}_mae": float(absolute / count)}
