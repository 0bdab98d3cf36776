"""The series of a channel, and the triplets that a step draws from them.

Shapes: N series, V variables, T time steps, B anchors, K negatives per anchor.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seriesbox.channel import Channel
from seriesbox.cnn_kmeans import checks
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.input_units import InputUnits
from seriesbox.cnn_kmeans.series import Series, align, mean_and_deviation, scaler_of
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets
from seriesbox.cnn_kmeans.variables import as_series
from seriesbox.distributed import Group
from seriesbox.errors import DataError, collect_errors
from seriesbox.run import Run
from seriesbox.scaler import Scaler
from seriesbox.shard import Shard
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table


class SeriesChannel(Channel):
    """The series of one channel. Its items are the anchors: the series that have another series as a negative.

    If every host has a part of its own, an anchor's negatives come from its host, so the only series of a host is no
    anchor.
    steps, columns: the length of the longest series of all processes, and the cells of its row.
    """

    def __init__(self, name: str, tables: Sequence[Table], hyperparameters: CNNKMeansHyperparameters, run: Run) -> None:
        super().__init__(name, tables, hyperparameters, run)
        self.variables = hyperparameters.variables
        self.tables.change(self._bridge_gaps)
        self.series_shard = Shard.of(len(self.tables.values), run.group, self.sharded)  # anchors and others
        self.columns = int(run.group.all_reduce_max(np.array(self.tables.values.shape[1])))
        self.steps = self.columns // self.variables

    @staticmethod
    def faults(
        hyperparameters: CNNKMeansHyperparameters, training: Sequence[Table], validation: Sequence[Table], group: Group
    ) -> list[DataError]:
        """Return the tables with rows that are no series of all variables, or in which nothing is observed."""

        def check(table: Table) -> None:
            checks.check_variables(table, hyperparameters.variables)
            checks.check_direction(table, 2, hyperparameters.variables)
            checks.check_observed(table)

        return collect_errors(check, chain(training, validation))

    @staticmethod
    def test_faults(
        hyperparameters: CNNKMeansHyperparameters, test: Sequence[Labelled], columns: int
    ) -> list[DataError]:
        """Return the tables that have rows without a label, or with nothing after it, or that cannot be predicted."""
        of_tables = (checks.labelled_checks(each, hyperparameters, columns) for each in test)
        return collect_errors(lambda check: check(), chain.from_iterable(of_tables))

    def check(self) -> None:
        """Raise DataError if the series of all processes are too few, or have nothing of a variable."""
        checks.check_number(self.series_shard.total, self.hyperparameters.clusters, self.name)
        if self.variables > 1:
            own = sum(np.isnan(series).all(axis=2).sum(axis=0) for series in self._blocks())
            empty, total = self.run.group.all_reduce(own), self.series_shard.total
            checks.check_empty(empty, total, self.name, self.run.listener.warn)

    def fit_scaler(self) -> Scaler:
        """Return the mean and the deviation of all values of all processes, or of each time step, by variable."""
        scaling = self.hyperparameters.scaling
        if scaling == "series":  # each has its own
            return Scaler(np.zeros(self.variables), np.ones(self.variables))

        def all_reduce(sums: NDArray[Any]) -> NDArray[Any]:
            if scaling == "step":  # some hosts may have shorter series only
                sums = np.pad(sums, [(0, 0), (0, 0), (0, self.steps - sums.shape[2])])
            return self.run.group.all_reduce(sums)

        fitted = mean_and_deviation(self._blocks(), 0 if scaling == "step" else (0, 2), all_reduce)
        return Scaler(*(each.flatten() for each in fitted))

    def _blocks(self) -> list[NDArray[np.float64]]:
        """Return this process' share of the series, some at a time, (n, V, T), without copies."""
        no_rows, rows = self.tables.values[:0], self.series_shard.share(self.series_shard.count)
        return [self._series(each) for each in (no_rows, *self.tables.blocks(rows))]  # a host may have no series

    def prepare(self, scaler: Scaler) -> None:
        """Scale and align the series, in the memory of the tables. Raises DataError if none of them is an anchor."""
        sizes, lengths, facts = self.hyperparameters, [np.empty(0, np.int64)], [np.empty(0)]
        checks.check_steps(self.steps, sizes.scaling, len(scaler.shift) // self.variables)

        def convert(rows: NDArray[np.float64]) -> NDArray[np.float32]:
            values = self._series(rows)
            own = scaler_of(values, sizes.scaling, scaler)
            series = align(own(values).astype(np.float32))
            lengths.append(series.lengths)
            facts.append(InputUnits.facts(values, sizes.scaling, own))
            return series.values.reshape(rows.shape)

        scaled = self._series(self.tables.consume(convert))
        self.series = Series(scaled, self.tables.share(lambda: np.concatenate(lengths)))
        self.in_input_units = InputUnits(sizes.scaling, scaler, self.tables.share(lambda: np.concatenate(facts)))
        self.values, self.lengths = (torch.from_numpy(each).to(self.run.device) for each in self.series)
        anchors = len(self.lengths) if len(self.lengths) > 1 else 0
        self.shard = Shard.of(anchors, self.run.group, self.sharded)
        self.numbers_at_once = sizes.batch_size * (2 + sizes.negative_samples) * self.steps * max(sizes.channels)
        checks.check_anchors(self.items, self.name, self.sharded)

    def _bridge_gaps(self, rows: NDArray[np.float64]) -> None:
        as_series(rows, self.tables.widths, self.variables)

    def _series(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return rows whose variables are in place as series, in their memory: (N, V * T) -> (N, V, T)."""
        return rows.reshape(len(rows), self.variables, rows.shape[1] // self.variables)

    def origin(self, row: int) -> tuple[str, int]:
        """Return the file of a series that this process holds, and its row there, counted from 1, a header included."""
        files, first = zip(self.tables.names, self.tables.spans, strict=True), 1 + self.tables.columns.header_rows
        return next((name, row - span.start + first) for name, span in files if row < span.stop)

    def given(self, row: int) -> NDArray[np.float64]:
        """Return a series that this process holds as it was given, gaps bridged and missing ends cut off: (V, T)."""
        return self.in_input_units(row, self.series.values[row, :, : self.series.lengths[row]])

    def draw(self, items: Tensor) -> Subsequences:
        """Draw triplets for (B,) anchors, and return those that this process computes: (b, 2 + K) subsequences."""
        negatives = self.hyperparameters.negative_samples
        if self.sharded:
            own = self.shard.own(items)
            return sample_triplets(own, self.lengths, negatives) if len(own) else Subsequences(own, own, own)
        # All hold all series: rank 0 draws for all, so that triplets are the same for any number of processes.
        drawn = sample_triplets(items, self.lengths, negatives)
        if self.run.group.world_size > 1:
            drawn = Subsequences(*self.run.group.broadcast(torch.stack(drawn)))
        share = self.shard.share(len(items))
        return Subsequences(*(each[share] for each in drawn))

    def sample(self, max_series: int) -> Series:
        """Return this process' part of an evenly spread sample of at most `max_series`, and at least half as many."""
        sample = self.series.rows(self.series_shard.held_at_stride(self.series_shard.stride_for(max_series)))
        return sample.rows(self.series_shard.share(len(sample.lengths)))
