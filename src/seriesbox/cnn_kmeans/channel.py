"""The series of a channel, and the triplets that a step draws from them.

Shapes: N series, T time steps, B anchors, K negatives per anchor.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seriesbox.channel import Channel
from seriesbox.cnn_kmeans.checks import check_direction, check_observed, check_steps, labelled_checks
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.input_units import InputUnits
from seriesbox.cnn_kmeans.series import Series, align, mean_and_deviation, scaler_of
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets
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
    steps: the length of the longest series of all processes.
    """

    def __init__(self, name: str, tables: Sequence[Table], hyperparameters: CNNKMeansHyperparameters, run: Run) -> None:
        super().__init__(name, tables, hyperparameters, run)
        self.tables.change(bridge_gaps)
        # All series, whether anchors or not.
        self.series_shard = Shard.of(len(self.tables.values), run.group, self.sharded)
        self.steps = int(run.group.all_reduce_max(np.array(self.tables.values.shape[1])))

    @staticmethod
    def faults(
        hyperparameters: CNNKMeansHyperparameters, training: Sequence[Table], validation: Sequence[Table], group: Group
    ) -> list[DataError]:
        """Return the tables with rows in which nothing is observed, and those of one column."""

        def check(table: Table) -> None:
            check_direction(table, min_rows=2)
            check_observed(table)

        return collect_errors(check, chain(training, validation))

    @staticmethod
    def test_faults(
        hyperparameters: CNNKMeansHyperparameters, test: Sequence[Labelled], columns: int
    ) -> list[DataError]:
        """Return the tables that have rows without a label, or with nothing after it, or that cannot be predicted."""
        checks = (labelled_checks(each, hyperparameters.scaling, columns) for each in test)
        return collect_errors(lambda check: check(), chain.from_iterable(checks))

    def check_clusters(self) -> None:
        """Raise DataError if there are fewer series than clusters, or none to choose their number by."""
        clusters = self.hyperparameters.clusters
        if self.series_shard.total < (clusters or 3):
            what, way_out = f"{clusters} clusters need at least as many", "lower `clusters`"
            if not clusters:
                what, way_out = "`clusters` 0 needs at least three", "give the number of clusters"
            found = self.series_shard.total
            raise DataError(f"{what} series, but the {self.name} channel has {found}: {way_out} or add rows.")

    def fit_scaler(self) -> Scaler:
        """Return the mean and the deviation of all values of all processes, or of each time step."""
        scaling = self.hyperparameters.scaling
        if scaling == "series":  # each has its own
            return Scaler(np.zeros(1), np.ones(1))

        def all_reduce(sums: NDArray[Any]) -> NDArray[Any]:
            if scaling == "step":  # some hosts may have shorter series only
                sums = np.pad(sums, [(0, 0), (0, self.steps - sums.shape[1])])
            return self.run.group.all_reduce(sums)

        no_rows, rows = self.tables.values[:0], self.series_shard.share(self.series_shard.count)
        blocks = [no_rows, *self.tables.blocks(rows)]  # a host may have no series
        fitted = mean_and_deviation(blocks, 0 if scaling == "step" else None, all_reduce)
        return Scaler(*(each.flatten() for each in fitted))

    def prepare(self, scaler: Scaler) -> None:
        """Scale and align the series, in the memory of the tables. Raises DataError if none of them is an anchor."""
        scaling, lengths, facts = self.hyperparameters.scaling, [np.empty(0, np.int64)], [np.empty(0)]
        check_steps(self.steps, scaling, len(scaler.shift))

        def convert(values: NDArray[np.float64]) -> NDArray[np.float32]:
            own = scaler_of(values, scaling, scaler)
            series = align(own(values).astype(np.float32))
            lengths.append(series.lengths)
            facts.append(InputUnits.facts(values, scaling, own))
            return series.values

        self.series = Series(self.tables.consume(convert), self.tables.share(lambda: np.concatenate(lengths)))
        self.in_input_units = InputUnits(scaling, scaler, self.tables.share(lambda: np.concatenate(facts)))
        self.values, self.lengths = (torch.from_numpy(each).to(self.run.device) for each in self.series)
        anchors = len(self.lengths) if len(self.lengths) > 1 else 0
        self.shard = Shard.of(anchors, self.run.group, self.sharded)
        sizes = self.hyperparameters
        self.numbers_at_once = sizes.batch_size * (2 + sizes.negative_samples) * self.steps * max(sizes.channels)
        if not self.items:
            count, owner = ("at most one series on every host", "a host") if self.sharded else ("one series", "it")
            raise DataError(f"The {self.name} channel has {count}: give {owner} two or more.")

    def origin(self, row: int) -> tuple[str, int]:
        """Return the file of a series that this process holds, and its row there, counted from 1."""
        files = zip(self.tables.names, self.tables.spans, strict=True)
        return next((name, row - span.start + 1) for name, span in files if row < span.stop)

    def given(self, row: int) -> NDArray[np.float64]:
        """Return a series that this process holds as it was given, with gaps bridged and missing ends cut off: (T,)."""
        return self.in_input_units(row, self.series.values[row, : self.series.lengths[row]])

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
