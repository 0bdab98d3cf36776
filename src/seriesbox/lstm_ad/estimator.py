"""LSTM-AD: a stacked LSTM forecasts, a Gaussian on its errors says how normal the next steps are.

Malhotra et al. 2015 (see `gaussian.py`).

Shapes: N rows, D columns, L context steps, P predicted steps, B windows.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.errors import DataError, found, raise_together
from seriesbox.group import Group, Shard
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
from seriesbox.training import Run, StoppedError, begin, optimize

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
        group = run.group
        validated = begin(hyperparameters, train, validation, run)
        raise_together(cls.faults(hyperparameters, group, train, validation))
        model = cls(hyperparameters, _columns(train, group))
        if earlier and earlier.columns != model.columns:
            raise DataError(
                f"The training channel has rows of {model.columns} cells, but the earlier model knows "
                f"{earlier.columns}: a training that continues needs the same columns."
            )
        tables = Tables.of(train)
        # Four fifths of every file fit the network; the last fifth gives the errors the Gaussian is fitted to.
        cuts = [span.start + (span.stop - span.start) * 4 // 5 for span in tables.spans]
        fitted = [slice(span.start, cut) for span, cut in zip(tables.spans, cuts, strict=True)]
        held_out = [slice(cut, span.stop) for span, cut in zip(tables.spans, cuts, strict=True)]

        outmost = np.full(model.columns, -np.inf)  # a host may have no file
        low = -group.most(np.max([outmost, *(-tables.values[rows].min(axis=0) for rows in fitted)], axis=0))
        high = group.most(np.max([outmost, *(tables.values[rows].max(axis=0) for rows in fitted)], axis=0))
        scaler = Scaler(shift=low, scale=np.where(high > low, high - low, 1))
        if earlier:
            model.forecaster.load_state_dict(earlier.forecaster.state_dict())
            scaler = earlier.predictor().scaler
        model.scaler.set(**scaler._asdict())
        model.to(run.device)

        rows = model._rows(tables, scaler)
        windows, held_out_windows = model._windows(rows, fitted), model._windows(rows, held_out)
        shard = run.shard("training", len(windows))
        validation_windows, valid_shard = None, shard
        if validated:
            tables = Tables.of(validation)
            validation_windows = model._windows(model._rows(tables, scaler), tables.spans)
            valid_shard = run.shard("validation", len(validation_windows))

        def loss(batch: Tensor) -> Tensor | None:
            own = shard.own(batch)
            if not len(own):
                return None
            context, target = model._split(windows[own])
            return F.mse_loss(model.forecaster(context), target) * (len(own) / len(batch))

        def evaluate(_: float) -> dict[str, float]:
            metrics = model._errors_of(windows, "train", shard, run)
            if validation_windows is not None:
                metrics |= model._errors_of(validation_windows, "valid", valid_shard, run)
            return metrics

        some = torch.arange(len(windows), device=run.device)[shard.share(len(windows))][:SAMPLE]
        contexts, _ = model._split(windows[some])
        model.sample = (group.gather(contexts.numpy(force=True))[:SAMPLE],)
        optimize(model.forecaster, shard.total, loss, evaluate, hyperparameters, run)
        try:
            errors = model._all_errors(held_out_windows, shard, run)
        except StoppedError:  # there may be seconds left
            count = run.shard("training", len(held_out_windows)).total
            run = replace(run, stopped=lambda: False)
            errors = model._all_errors(held_out_windows, shard, run, every=math.ceil(count / WINDOWS_IN_HASTE))
        model.gaussian.set(**Gaussian.fit(errors, group.sum)._asdict())
        return model.eval()

    @staticmethod
    def faults(
        hyperparameters: LSTMADHyperparameters, group: Group, train: Sequence[Table], validation: Sequence[Table]
    ) -> list[DataError]:
        """The tables with missing cells, other columns than the first one's, or too few rows."""
        if not (columns := _columns(train, group)):
            return []

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
        scaled = tables.used_up(lambda values: scaler(values).astype(np.float32)).reshape(-1, self.columns)
        return torch.from_numpy(scaled).to(self.forecaster.head.weight.device)

    def _windows(self, rows: Tensor, series: Sequence[slice]) -> Windows:
        length = self.hyperparameters.context_length + self.hyperparameters.prediction_length
        return Windows(rows, series, length, self.hyperparameters.sequence_stride)

    def _split(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """(B, L + P, D) -> (B, L, D), (B, P, D)."""
        return windows[:, : self.hyperparameters.context_length], windows[:, self.hyperparameters.context_length :]

    def _errors(self, windows: Windows, shard: Shard, run: Run, every: int = 1) -> Iterator[Tensor]:
        """Signed forecast errors of this process' windows, or of one in so many; (B, P, D) at a time.

        Raises StoppedError where the run is to end.
        """
        indices = torch.arange(0, len(windows), every, device=self.forecaster.head.weight.device)
        own = indices[shard.share(len(indices))]
        for first in range(0, len(own), CHUNK_WINDOWS):
            run.go_on()
            context, target = self._split(windows[own[first : first + CHUNK_WINDOWS]])
            yield target - self.forecaster(context)

    @torch.inference_mode()
    def _all_errors(self, windows: Windows, shard: Shard, run: Run, every: int = 1) -> NDArray[np.float32]:
        """(errors, D) of this process. Raises StoppedError where the run is to end."""
        none = np.empty((0, self.columns), np.float32)
        errors = self._errors(windows, shard, run, every)
        return run.together(lambda: np.concatenate([none, *(each.flatten(0, 1).numpy(force=True) for each in errors)]))

    def _errors_of(self, windows: Windows, prefix: str, shard: Shard, run: Run) -> dict[str, float]:
        """Of the windows of all processes. Raises StoppedError where the run is to end."""

        def sums() -> NDArray[np.float64]:
            found = np.zeros(3)
            for errors in self._errors(windows, shard, run):
                squared, absolute = errors.square().sum(dtype=torch.float64), errors.abs().sum(dtype=torch.float64)
                found += float(squared), float(absolute), errors.numel()
            return found

        squared, absolute, count = run.group.sum(run.together(sums))
        return {f"{prefix}_mse": float(squared / count), f"{prefix}_mae": float(absolute / count)}


def _columns(train: Sequence[Table], group: Group) -> int:
    """Of the first table; that of another process, where this one has none; zero, where none has any."""
    return group.first_known(train[0].width if train else 0)
