"""Samples of a channel for the report: copies, because a training takes over the memory of its tables.

Shapes: N rows, D columns.
"""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.algorithm import most_details
from seriesbox.protocols import Predictor
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

SERIES, SERIES_CELLS = 1000, 2_000_000  # of one sample, that the model is asked about
KEPT_CELLS = 200_000  # of one sample's series, that the report keeps
KEPT_STEPS = 300  # of one variable of a series: more are no wider than a pixel
RECORDINGS, RECORDING_CELLS = 4, 200_000  # of one sample, and of its recordings' rows with their answers
HELD_OUT = 5  # the last one of so many parts of a recording is shown


class Sample(NamedTuple):
    """Some rows of a channel.

    total: the rows that they were taken from.
    files: the names of the files; file: (N,) the number of each row's; row: (N,) its place there, counted from 1.
    labels: (N,) if they are known.
    """

    title: str
    total: int
    files: Sequence[str]
    file: NDArray[np.int32]
    row: NDArray[np.int32]
    table: Table
    labels: NDArray[np.float64] | None = None

    def answered(self, predictor: Predictor, column_names: Sequence[str]) -> dict[str, Any]:
        """Return what the page draws: rows and their answers. Arrays are base64 of float32 or int32."""
        details = most_details(predictor)
        names = predictor.names(details, column_names)
        answer = np.concatenate([each.columns for each in predictor.predict(self.table, details)])
        variables = predictor.hyperparameters.variables_per_row if predictor.rows_are_independent else 1
        values = list(_kept(self.table, variables) if predictor.rows_are_independent else self.table.values)
        return {
            "title": self.title,
            "total": self.total,
            "files": self.files,
            "file": _text(self.file, np.int32),
            "row": _text(self.row, np.int32),
            "columns": column_names,
            "lengths": _text([len(each) for each in values], np.int32),
            "values": _text(np.concatenate(values), np.float32),
            "stride": _stride(self.table, variables) if predictor.rows_are_independent else 1,
            "names": names,
            "answer": _text(answer, np.float32),
            "labels": None if self.labels is None else _text(self.labels, np.float32),
        }


def sample_series(title: str, tables: Sequence[Table], labelled: bool) -> list[Sample]:
    """Return a sample of series, evenly spread over all tables."""
    if not tables:
        return []
    counts = [len(table.values) for table in tables]
    most = max(1, min(SERIES, SERIES_CELLS // tables[0].values.shape[1]))
    chosen = np.arange(0, sum(counts), -(-sum(counts) // most))
    ends = np.cumsum(counts)
    file = np.searchsorted(ends, chosen, side="right")
    row = chosen - (ends - counts)[file]
    labels = None
    parts = [(table, row[file == number]) for number, table in enumerate(tables)]
    if labelled:
        whole = [Labelled.of(table) for table in tables]
        parts = [(each.table, rows) for each, (_, rows) in zip(whole, parts, strict=True)]
        labels = np.concatenate([each.labels[rows] for each, (_, rows) in zip(whole, parts, strict=True)])
    widest = max(table.values.shape[1] for table, _ in parts)
    values = np.full((len(chosen), widest), np.nan)
    for number, (table, rows) in enumerate(parts):
        values[file == number, : table.values.shape[1]] = table.values[rows]
    table = Table(
        values, np.concatenate([table.widths[rows] for table, rows in parts]), "the sample", tables[0].columns
    )
    header = tables[0].columns.header_rows
    names = [each.name for each in tables]
    return [
        Sample(title, sum(counts), names, file.astype(np.int32), (row + 1 + header).astype(np.int32), table, labels)
    ]


def sample_recordings(title: str, tables: Sequence[Table], labelled: bool, before: int) -> list[Sample]:
    """Return the last fifth of the first recordings or, if they are labelled, rows around the first anomaly.

    before: the rows before the first one that is of interest.
    """
    return [
        _of_recording(title, table, labelled, before, min(RECORDINGS, len(tables))) for table in tables[:RECORDINGS]
    ]


def _of_recording(title: str, table: Table, labelled: bool, before: int, share: int) -> Sample:
    labels, name, count = None, table.name, len(table.values)
    first = max(0, count - count // HELD_OUT - before)
    if labelled:
        _, _, table, labels = Labelled.of(table)
        first = int((labels == 1).argmax())
    most = max(before + 1, RECORDING_CELLS // share // (3 * table.values.shape[1] + 3))
    start = max(0, first - most // 2) if labelled else max(first, count - most)
    rows = slice(start, start + most)
    numbers = np.arange(count, dtype=np.int32)[rows] + 1 + table.columns.header_rows
    part = Table(table.values[rows].copy(), table.widths[rows].copy(), name, table.columns)
    own = None if labels is None else labels[rows].copy()
    return Sample(f"{title} {name}", len(numbers), [name], np.zeros_like(numbers), numbers, part, own)


def _stride(table: Table, variables: int) -> int:
    """Return that every n-th step of a series is kept."""
    return max(1, -(-(table.values.shape[1] // variables) // KEPT_STEPS))


def _kept(table: Table, variables: int) -> Iterator[NDArray[np.float64]]:
    """Yield the cells of each series that are kept: every n-th step of all variables, and none after enough."""
    kept, stride = 0, _stride(table, variables)
    for row, width in zip(table.values, table.widths, strict=True):
        series = row[:width].reshape(variables, -1)[:, ::stride].ravel()
        kept += len(series)
        yield series if kept <= KEPT_CELLS else series[:0]


def _text(values: Any, kind: type) -> str:
    return base64.b64encode(np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<")).tobytes()).decode()
