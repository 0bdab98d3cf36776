"""Checks that a table is a recording: one series in several columns, complete and long enough."""

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from seriesbox.errors import DataError, Places, ShortSeriesError
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.blocks import blocks
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.suspects import empty_column
from seriesbox.tables.table import Table


def check_recording(
    table: Table, columns: int, hyperparameters: LSTMADHyperparameters, windows: int, purpose: str
) -> None:
    """Raise DataError if a cell is missing, or rows do not have the columns; ShortSeriesError if windows do not fit."""
    count = len(table.values)
    wrong_widths, has_gaps = Places(), False
    for rows in blocks(*table.values.shape):
        widths = table.widths[rows]
        other = np.flatnonzero(widths != columns)
        wrong_widths.add(len(other), (f"row {rows.start + row + 1} has {widths[row]} cells" for row in other))
        has_gaps |= bool(np.isnan(table.values[rows, :columns]).any())
    if wrong_widths.count == count:
        raise DataError(
            f"{table.name} has rows of {table.widths[0]} cells, but the training data has {columns}: give one time "
            "step per row and one series per column; in JSON, a list of rows."
        )
    if wrong_widths.count:
        advice = f", the others have {columns}. LSTM-AD needs every row complete."
        raise DataError(f"{table.name}: ", wrong_widths, advice)
    if has_gaps:
        _raise_gaps(table)
    context, predicted = hyperparameters.context_length, hyperparameters.prediction_length
    if count < windows * (context + predicted):
        turned = f" It has {columns} columns: a row must be a time step, not a series." if columns > count else ""
        raise ShortSeriesError(
            f"{table.name} has {count} rows, but context-length {context} and prediction-length {predicted} "
            f"need at least {windows * (context + predicted)} {purpose}.{turned}"
        )


def check_labels(labelled: Labelled) -> None:
    """Raise DataError that names the rows whose label is neither 0 nor 1."""
    places = Places()
    wrong = np.flatnonzero(~np.isin(labelled.labels, (0, 1)))
    places.add(len(wrong), (f"row {row + 1} has {_shown(labelled.labels[row])}" for row in wrong))
    if places.count:
        raise DataError(
            f"{labelled.name}: the label in the first column must be 0 for a normal row or 1 for an anomaly, but ",
            places,
            ".",
        )


def _shown(label: float) -> str:
    return "none" if np.isnan(label) else f"{label:g}"


def unequal_columns(tables: Sequence[Table]) -> list[DataError]:
    """Return one error if tables differ in their columns, which names a table of each kind."""
    kinds: dict[int, list[str]] = {}
    for table in tables:
        kinds.setdefault(table.width, []).append(table.name)
    if len(kinds) < 2:
        return []
    places = Places()
    for columns, (first, *others) in kinds.items():
        places.add(1, [f"{first} and {len(others)} more have {columns}" if others else f"{first} has {columns}"])
    return [DataError("Files must have the same number of columns: ", places, ".")]


def _raise_gaps(table: Table) -> NoReturn:
    """Raise DataError that names the missing cells: whole columns, whole rows, and the others one by one."""
    observed = np.zeros(table.values.shape[1], np.bool_)
    for rows in blocks(*table.values.shape):
        observed |= ~np.isnan(table.values[rows]).all(axis=0)
    if not observed.all():
        column = int(np.flatnonzero(~observed)[0])
        raise DataError(f"{table.name}: column {empty_column(column, len(observed))}")
    missing = Places()
    for rows in blocks(*table.values.shape):
        gaps = np.isnan(table.values[rows])
        empty = np.all(gaps, axis=1) if gaps.shape[1] > 1 else np.zeros(len(gaps), np.bool_)
        gaps[empty, 1:] = False  # an empty row is one place
        cells = np.argwhere(gaps)
        missing.add(
            len(cells),
            (
                f"row {rows.start + row + 1} is empty" + ("" if empty[row] else f" in column {column + 1}")
                for row, column in cells
            ),
        )
    raise DataError(f"{table.name}: ", missing, ". LSTM-AD needs a number in every cell: fill the gaps before.")
