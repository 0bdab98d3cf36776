"""Samples of tables for a report: copies, because a training takes over the memory of its tables.

Shapes: N rows, D columns, S series.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.protocols import Predictor
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

SERIES, SERIES_CELLS = 1000, 2_000_000  # of one sample
RECORDINGS, RECORDING_CELLS = 4, 150_000  # of one channel, and of what the report keeps of them
HELD_OUT = 5  # the last part of a recording, of this many, is shown


class Sample(NamedTuple):
    """Some rows of the tables of a channel.

    total: the rows that they were taken from.
    files: the names of the tables; file: (N,) the number of each row's; row: (N,) its place there, counted from 1.
    labels: (N,) if they are known.
    """

    title: str
    total: int
    files: Sequence[str]
    file: NDArray[np.int32]
    row: NDArray[np.int32]
    table: Table
    labels: NDArray[np.float64] | None = None

    def part(self, rows: slice) -> "Sample":
        """Return a copy of some rows."""
        values, widths = self.table.values[rows].copy(), self.table.widths[rows].copy()
        return self._replace(
            file=self.file[rows],
            row=self.row[rows],
            table=replace(self.table, values=values, widths=widths),
            labels=None if self.labels is None else self.labels[rows].copy(),
        )


def samples(
    predictor: type[Predictor], min_rows: int, tables: Sequence[Table], test: Sequence[Labelled], is_training: bool
) -> list[Sample]:
    """Return samples: of series at random, of recordings the last rows, or those with labels.

    min_rows: the fewest rows that can be predicted. is_training: whether the tables are those of a training.
    """
    if predictor.rows_are_independent:
        title = "The training data" if is_training else "The series"
        labelled, labels = [each.table for each in test], [each.labels for each in test]
        return [*_of_series(title, tables), *_of_series("The labelled data", labelled, labels)]
    wanted = [_last_rows(table, min_rows if is_training else len(table.values)) for table in tables[:RECORDINGS]]
    judged = [_labelled_rows(each) for each in test[:RECORDINGS]]
    return [each for each in (*_cut(wanted, min_rows), *_cut(judged, min_rows)) if each]


def _of_series(
    title: str, tables: Sequence[Table], labels: Sequence[NDArray[np.float64]] | None = None
) -> list[Sample]:
    """Return a sample of series of all tables, chosen at random, in their order."""
    if not tables:
        return []
    counts = np.array([len(table.values) for table in tables])
    total, ends, widest = int(counts.sum()), counts.cumsum(), max(table.values.shape[1] for table in tables)
    most = min(total, max(1, min(SERIES, SERIES_CELLS // widest)))
    chosen = np.sort(np.random.default_rng(0).choice(total, most, replace=False))
    file = np.searchsorted(ends, chosen, side="right")
    row = chosen - (ends - counts)[file]
    values, widths = np.full((most, widest), np.nan), np.empty(most, np.int32)
    for number, table in enumerate(tables):
        own = file == number
        values[own, : table.values.shape[1]], widths[own] = table.values[row[own]], table.widths[row[own]]
    columns = tables[0].columns
    places = (file.astype(np.int32), (row + 1 + columns.header_rows).astype(np.int32))
    known = None if labels is None else np.concatenate(labels)[chosen]
    names = [table.name for table in tables]
    return [Sample(title, total, names, *places, Table(values, widths, "the sample", columns), known)]


def _last_rows(table: Table, before: int) -> Sample:
    """Return the last fifth of a recording, and the rows before it that its first forecast needs."""
    count = len(table.values)
    first = max(0, count - count // HELD_OUT - before)
    return _recording(table, table.name, first, count, None)


def _labelled_rows(labelled: Labelled) -> Sample:
    """Return all rows of a labelled recording."""
    name, _, table, labels = labelled
    return _recording(table, f"{name}, labelled", 0, len(table.values), labels)


def _recording(table: Table, title: str, first: int, end: int, labels: NDArray[np.float64] | None) -> Sample:
    numbers = np.arange(first, end, dtype=np.int32) + 1 + table.columns.header_rows
    part = Table(table.values[first:end], table.widths[first:end], table.name, table.columns)
    own = None if labels is None else labels[first:end]
    return Sample(title, end - first, [table.name], np.zeros_like(numbers), numbers, part, own)


def _cut(recordings: Sequence[Sample], min_rows: int) -> list[Sample | None]:
    """Return copies of recordings, cut so that they have a common size; None of one that is too wide for that."""
    return [_cut_one(each, RECORDING_CELLS // len(recordings), min_rows) for each in recordings]


def _cut_one(sample: Sample, cells: int, min_rows: int) -> Sample | None:
    """Return the last rows or, of a labelled recording, those around its first anomaly."""
    count = len(sample.row)
    most = min(count, cells // (3 * sample.table.values.shape[1] + 3))  # with their answers
    if most < min_rows:
        return None
    first = count - most
    if sample.labels is not None:
        first = min(first, max(0, int((sample.labels == 1).argmax()) - most // 2))
    return sample.part(slice(first, first + most))
