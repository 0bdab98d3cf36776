"""Rows and columns of training data that are probably none: a header, an index, a time, a label.

Shapes: N rows, D columns.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.columns import Columns
from seriesbox.tables.csv_header import CARRY, no_series
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import are_equal

Column = NDArray[np.float64]  # (N,)

MIN_ROWS, MIN_CELLS = 10, 5  # of a column and of a row: fewer numbers may rise by chance
MAX_LABELS, MAX_LABEL = 20, 1000  # different ones, and the largest difference of two
MAX_NAMED = 10
HEAD_ROWS = 100  # looked at first: there, nearly all columns are unlike what is looked for


def suspects(tables: TableStack, rows_are_independent: bool, variables: int = 1) -> list[str]:
    """Return a sentence about each first row, and about each column, that is probably no data; ten at most.

    rows_are_independent: whether a row is a series. Then labels and indices are in the first or the last column.
    variables: of a row. A column is compared with those of its own variable, all of which may be few numbers, may rise
        from row to row, or may end early.
    """
    columns = tables.values.shape[1]
    if columns < 2:
        return []
    sentences = [
        f"Row 1 of {name} rises by the same step from cell to cell, like a header: remove it unless it is data."
        for name, span in zip(tables.names, tables.spans, strict=True)
        if _begins_with_steps(tables.values[span][:2])
    ]
    looked_at = range(columns)
    if rows_are_independent:
        looked_at = range(0, columns, columns - 1) if are_equal(tables.widths) else range(1)

    @cache
    def have_values(own: range) -> bool:
        return any(not _are_few(tables.values[:HEAD_ROWS, number]) for number in own)

    steps = columns if variables == 1 else int(tables.widths.min()) // variables
    for number in looked_at:
        column, own = tables.values[:, number], range(steps) if number < steps else range(columns - steps, columns)
        if np.isnan(column[:HEAD_ROWS]).all() and np.isnan(column).all():
            if variables == 1:
                sentences.append(_capitalized(empty_column(number, columns, tables.columns)))
            continue
        what = _order(column, tables.spans)
        if what and variables > 1 and all(_order(tables.values[:, each], tables.spans) for each in own):
            continue
        if not what and have_values(own):
            what = _labels(column, may_be_constant=not rows_are_independent)
        if not what and no_series(tables.columns.names[number : number + 1]):
            what = "is no series by its name"
        if what:
            label = _capitalized(tables.columns.label(number))
            or_carry = "" if number else f", or {CARRY},"
            sentences.append(f"{label} {what}: leave it out{or_carry} unless it is data.")
    return sentences[:MAX_NAMED]


def empty_column(number: int, columns: int, called: Columns) -> str:
    """Return what is wrong with a column, by its number from 0, in which nothing is given, and what to do."""
    comma = ", or the comma at the end of every row" if number == columns - 1 else ""
    return f"{called.label(number)} is empty in every row: leave it out{comma}."


def _capitalized(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _begins_with_steps(rows: Column) -> bool:
    """Return whether the first of two rows rises evenly, and the second one does not."""
    return _rises_evenly(rows[0]) and not (len(rows) > 1 and _rises_evenly(rows[1]))


def _rises_evenly(row: Column) -> bool:
    """Return whether a row rises by the same step from each cell to the next."""
    steps = np.diff(row)
    return len(row) >= MIN_CELLS and bool(steps[0] > 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=0))


def _order(column: Column, spans: list[slice]) -> str | None:
    """Return how a column rises or falls from row to row in all tables, if it does."""
    first = column[spans[0]][:HEAD_ROWS]
    if len(first) < MIN_ROWS or not _has_order(np.diff(first)):
        return None
    steps = np.concatenate([np.diff(column[span]) for span in spans])
    if not _has_order(steps):
        return None
    if not np.allclose(steps, steps[0], rtol=1e-6, atol=0):
        return f"{'rises' if steps.sum() > 0 else 'falls'} from row to row, like a time"
    if steps[0] == 1:
        return "counts the rows, like an index"
    return f"{'rises' if steps[0] > 0 else 'falls'} by {abs(steps[0]):g} in every row, like an index or a time"


def _has_order(steps: Column) -> bool:
    """Return whether all steps have one direction, and most of them are no standstill."""
    one_direction = (steps >= 0).all() or (steps <= 0).all()
    return bool(one_direction and np.count_nonzero(steps) > len(steps) / 3)


def _labels(column: Column, may_be_constant: bool) -> str | None:
    """Return that a column has few whole numbers, or each of many once, if it has."""
    column = column[~np.isnan(column)]
    if len(column) >= MIN_ROWS and np.ptp(column) == len(column) - 1 and len(np.unique(column)) == len(column):
        return f"has every number from {column.min():g} to {column.max():g} once, like an index"
    if not _are_few(column[:HEAD_ROWS]) or not _are_few(column):
        return None
    labels = np.unique(column)
    if len(labels) == 1:
        return f"is {labels[0]:g} in every row, like the label of normal data" if may_be_constant else None
    shown = ", ".join(f"{label:g}" for label in labels[:5]) + ", ..." * (len(labels) > 5)
    return f"has no values but {shown}, like a label"


def _are_few(column: Column) -> bool:
    """Return whether the values are few different whole numbers, far fewer than rows."""
    column = column[~np.isnan(column)]
    if not len(column) or (column % 1 != 0).any() or np.ptp(column) > MAX_LABEL:
        return False
    return len(np.unique(column)) <= min(MAX_LABELS, max(1, len(column) // 3))
