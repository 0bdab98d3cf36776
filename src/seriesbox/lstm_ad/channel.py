"""The recordings of a channel, and the windows that a step draws from them.

Shapes: N rows, D columns, B windows, L context steps, P predicted steps, S of them forecast anew, E errors.
"""

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seriesbox.channel import Channel
from seriesbox.distributed import Group
from seriesbox.errors import DataError, collect_errors
from seriesbox.lstm_ad.bridges import bridge_gaps, missing_cells
from seriesbox.lstm_ad.forecaster import Forecaster
from seriesbox.lstm_ad.gaussian import check_complete
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.recording import check_labels, check_recording, unequal_columns
from seriesbox.lstm_ad.windows import Windows
from seriesbox.network.torch_network import TorchNetwork
from seriesbox.run import Run
from seriesbox.scaler import Scaler
from seriesbox.shard import Shard
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

CHUNK_WINDOWS = 256  # that a CPU forecasts at once outside training: more leave the cache and are slower


class WindowChannel(Channel):
    """The windows of one channel. Those of the training channel lie in the first four fifths of every file.

    columns: the number of columns of the first table of all processes.
    held_out: the windows of the last fifths, to which the Gaussian is fitted. The validation channel has none.
    missing: (N, D) which cells of the tables are missing, and are bridged; None if none is.
    """

    def __init__(self, name: str, tables: Sequence[Table], hyperparameters: LSTMADHyperparameters, run: Run) -> None:
        super().__init__(name, tables, hyperparameters, run)
        self.columns = _columns(tables, run.group)
        self.fitted_spans, self.held_out_spans = self.tables.spans, []
        if name == "training":
            cuts = [span.start + (span.stop - span.start) * 4 // 5 for span in self.tables.spans]
            self.fitted_spans = [slice(span.start, cut) for span, cut in zip(self.tables.spans, cuts, strict=True)]
            self.held_out_spans = [slice(cut, span.stop) for span, cut in zip(self.tables.spans, cuts, strict=True)]
        self.missing = missing_cells(self.tables)
        if self.missing is not None:  # the network's part first, so that no bridge leads out of it
            self.tables.change(partial(bridge_gaps, parts=[*self.fitted_spans, *self.tables.spans]))

    @staticmethod
    def test_faults(hyperparameters: LSTMADHyperparameters, test: Sequence[Labelled], columns: int) -> list[DataError]:
        """Return the labelled tables whose labels are not 0 or 1, and those that cannot be predicted."""

        def check(labelled: Labelled) -> None:
            check_labels(labelled)
            check_recording(labelled.table, columns or labelled.table.width, hyperparameters, 1, "to judge the model")

        return collect_errors(check, test)

    @staticmethod
    def faults(
        hyperparameters: LSTMADHyperparameters, training: Sequence[Table], validation: Sequence[Table], group: Group
    ) -> list[DataError]:
        """Return the tables with too many missing cells or too few rows, and whether they differ in their columns."""
        if not (columns := _columns(training, group)):
            return []
        unequal = unequal_columns([*training, *validation])

        def check_training(table: Table) -> None:
            purpose = "to train on, so that the last fifth holds a window"
            check_recording(table, table.width if unequal else columns, hyperparameters, 5, purpose)

        def check_validation(table: Table) -> None:
            check_recording(table, table.width if unequal else columns, hyperparameters, 1, "to validate with")

        return unequal + collect_errors(check_training, training) + collect_errors(check_validation, validation)

    def fit_scaler(self) -> Scaler:
        """Return the map to 0..1 of every column's range in the first four fifths of all processes' files."""
        values, group = self.tables.values, self.run.group
        parts = [values[rows] for rows in self.fitted_spans]
        no_rows = np.full(self.columns, -np.inf)  # of a host that has none
        low = -group.all_reduce_max(np.max([no_rows, *(-part.min(axis=0) for part in parts)], axis=0))
        high = group.all_reduce_max(np.max([no_rows, *(part.max(axis=0) for part in parts)], axis=0))
        return Scaler(shift=low, scale=np.where(high > low, high - low, 1))

    def prepare(self, scaler: Scaler) -> None:
        """Scale the rows, in the memory of the tables, and lay windows over them.

        Raises DataError if the Gaussian has too few rows without gaps to be fitted to.
        """
        scaled = self.tables.consume(lambda values: scaler(values).astype(np.float32)).reshape(-1, self.columns)
        rows = torch.from_numpy(scaled).to(self.run.device)
        sizes = self.hyperparameters
        length = sizes.context_length + sizes.prediction_length
        missing = None if self.missing is None else torch.from_numpy(self.missing).to(self.run.device)
        self.windows = Windows(rows, self.fitted_spans, length, sizes.sequence_stride, missing)
        self.held_out = Windows(rows, self.held_out_spans, length, sizes.held_out_stride, missing)
        self.shard = Shard.of(len(self.windows), self.run.group, self.sharded)
        self.numbers_at_once = 4 * sizes.hidden_size * sizes.batch_size  # the gates of one time step
        self.held_out_shard = Shard.of(len(self.held_out), self.run.group, self.sharded)
        if self.name == "training" and self.run.group.any(missing is not None):
            own = self.held_out.complete(sizes.stride) if self.held_out_shard.replica == 0 else 0
            check_complete(int(self.run.group.all_reduce(np.array(own))), sizes.forecasts * self.columns)

    def draw(self, items: Tensor) -> tuple[Tensor]:
        """Return the numbers of those of (B,) windows that this process computes, (b,)."""
        return (self.shard.own(items),)

    @torch.inference_mode()
    def held_out_errors(self, forecaster: Forecaster, held: slice = slice(None)) -> NDArray[np.float32]:
        """Return this process' errors on the held-out windows in a slice, (steps, E). Raises StoppedError."""
        no_errors = np.empty((0, self.hyperparameters.forecasts * self.columns), np.float32)
        errors = self.errors(forecaster, self.held_out, self.hyperparameters.stride, held)
        return self.run.in_step(
            lambda: np.concatenate([no_errors, *(each.flatten(0, 1).numpy(force=True) for each in errors)])
        )

    def errors(
        self, forecaster: Forecaster, windows: Windows, stride: int, held: slice = slice(None)
    ) -> Iterator[Tensor]:
        """Yield the errors of this process' part of the windows in a slice, (B, S, E). Raises StoppedError.

        Those of missing cells are NaN.
        """
        bytes_each = self.hyperparameters.bytes_per_window(self.columns)
        for chunk in self.chunks(windows, TorchNetwork(forecaster).at_once(CHUNK_WINDOWS, bytes_each), held):
            errors = forecaster.errors(windows[chunk], self.hyperparameters.context_length, stride)
            yield windows.marked(errors, chunk, math.nan)

    def chunks(self, windows: Windows, size: int, held: slice = slice(None)) -> Iterator[Tensor]:
        """Yield the numbers of this process' part of the windows in a slice, (B,) of `size`. Raises StoppedError."""
        items = torch.arange(len(windows), device=self.run.device)[held]
        own = items[self.shard.share(len(items))]
        for chunk in own.split(size):
            self.run.check()
            yield chunk


def _columns(tables: Sequence[Table], group: Group) -> int:
    """Return the columns of the first table of the first process that has one; zero if none has."""
    return group.first_nonzero(tables[0].width if tables else 0)
