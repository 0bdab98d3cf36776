"""Checks that a table is a recording: one series in several columns, long enough, and with few gaps."""

from collections.abc import Sequence

import numpy as np

from seriesbox.errors import DataError, Places, ShortSeriesError
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.blocks import blocks
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.suspects import empty_column
from seriesbox.tables.table import Table

MANY_COLUMNS = 19  # of a short table: with more, a row is more likely a series


def check_recording(
    table: Table, columns: int, hyperparameters: LSTMADHyperparameters, windows: int, purpose: str
) -> None:
    """Raise DataError if too much is missing, or rows lack columns; ShortSeriesError if windows do not fit."""
    count = len(table.values)
    wrong_widths, has_gaps = Places(), False
    for rows in blocks(*table.values.shape):
        widths = table.widths[rows]
        other = np.flatnonzero(widths != columns)
        wrong_widths.add(len(other), (f"{table.row(rows.start + row)} has {widths[row]} cells" for row in other))
        has_gaps |= bool(np.isnan(table.values[rows, :columns]).any())
    if wrong_widths.count == count:
        raise DataError(
            f"{table.name} has rows of {table.widths[0]} cells, but the training data has {columns}: give one time "
            "step per row and one series per column; in JSON, a list of rows."
        )
    if wrong_widths.count:
        advice = f", the others have {columns}. LSTM-AD needs rows of one width: leave a missing cell empty."
        raise DataError(f"{table.name}: ", wrong_widths, advice)
    if has_gaps:
        _check_gaps(table, columns, hyperparameters.context_length)
    context, predicted = hyperparameters.context_length, hyperparameters.prediction_length
    if count < windows * (context + predicted):
        turned = ""
        if windows > 1 and columns > min(count, MANY_COLUMNS):  # of a training; a prediction has the columns of one
            turned = f" It has {columns} columns: a row must be a time step. If a row is a series, use CNN-KMeans."
        raise ShortSeriesError(
            f"{table.name} has {count} row{'s' * (count > 1)}, but context-length {context} and prediction-length "
            f"{predicted} need at least {windows * (context + predicted)} {purpose}.{turned}"
        )


def check_labels(labelled: Labelled) -> None:
    """Raise DataError that names the rows whose label is neither 0 nor 1."""
    places = Places()
    wrong = np.flatnonzero(~np.isin(labelled.labels, (0, 1)))
    places.add(len(wrong), (f"{labelled.table.row(int(row))} has {_shown(labelled.labels[row])}" for row in wrong))
    if places.count:
        raise DataError(
            f"{labelled.name}: the label in {labelled.column} must be 0 for a normal row or 1 for an anomaly, but ",
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


def _check_gaps(table: Table, columns: int, context_length: int) -> None:
    """Raise DataError that names the columns that are mostly missing, or the rows of a context without any value."""
    count, missing = len(table.values), np.zeros(columns, np.int64)
    is_empty = np.empty(count, np.bool_)
    for rows in blocks(*table.values.shape):
        gaps = np.isnan(table.values[rows, :columns])
        missing += gaps.sum(axis=0)
        is_empty[rows] = gaps.all(axis=1)
    if (missing == count).any():
        raise DataError(f"{table.name}: {empty_column(int(missing.argmax()), columns, table.columns)}")
    sparse, places = np.flatnonzero(missing > count / 2), Places()
    places.add(
        len(sparse),
        (
            f"{table.columns.label(int(each))} in {missing[each]} of {count} rows ({missing[each] / count:.1%})"
            for each in sparse
        ),
    )
    if places.count:
        advice = ". LSTM-AD needs half of a column: leave it out, or fill its gaps before."
        raise DataError(f"{table.name} has columns that are mostly empty: ", places, advice)
    edges = np.flatnonzero(np.diff(is_empty, prepend=False, append=False)).reshape(-1, 2)
    long = edges[edges[:, 1] - edges[:, 0] >= context_length]
    places.add(
        len(long),
        (f"{table.row(first).replace('row', 'rows')} to {end + table.columns.header_rows}" for first, end in long),
    )
    if places.count:
        advice = (
            f". From context-length {context_length} rows without a value nothing can be forecast: cut the recording "
            "there, or fill the gap before."
        )
        raise DataError(f"{table.name} is empty in ", places, advice)
