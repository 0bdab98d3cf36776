"""Checks that the rows of a table are series."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from seriesbox.errors import DataError, Places
from seriesbox.tables.blocks import blocks
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table


def check_observed(table: Table) -> None:
    """Raise DataError that names the rows in which nothing is observed."""
    places = Places()
    for rows in blocks(*table.values.shape):
        empty = np.flatnonzero(np.isnan(table.values[rows]).all(axis=1))
        places.add(len(empty), (f"row {rows.start + row + 1}" for row in empty))
    if places.count:
        raise DataError(f"{table.name} has nothing in ", places, ": give every series a value, or remove its row.")


def check_direction(table: Table, min_rows: int) -> None:
    """Raise DataError if there is one column of at least `min_rows` rows, which is one series turned."""
    if table.values.shape[1] == 1 and len(table.values) >= min_rows:
        raise DataError(
            f"{table.name} has one column, so that each of its {len(table.values)} rows would be a series of one step: "
            "give a series per row, and a time step per column."
        )


def check_steps(steps: int, scaling: str, known: int) -> None:
    """Raise DataError if `scaling` is step and there are more steps than the scaler knows."""
    if scaling == "step" and steps > known:
        raise DataError(
            f"The series have up to {steps} steps, but the model was trained on {known} and, with "
            "`scaling` step, knows no others: cut them off, or train with another `scaling`."
        )


def check_labels(labelled: Labelled) -> None:
    """Raise DataError that names the rows without a label."""
    places, rows = Places(), np.flatnonzero(np.isnan(labelled.labels))
    places.add(len(rows), (f"row {row + 1}" for row in rows))
    if places.count:
        raise DataError(
            f"{labelled.name} has no label in {labelled.column} of ", places, ": write one, or remove the row."
        )


def labelled_checks(labelled: Labelled, scaling: str, columns: int) -> Iterator[Callable[[], None]]:
    """Yield all checks of a labelled table. columns: of the training tables; 0 if they are not known."""
    table = labelled.table
    yield partial(check_labels, labelled)
    yield partial(check_direction, table, min_rows=2)
    yield partial(check_observed, table)
    if columns:
        yield partial(check_steps, table.values.shape[1], scaling, columns)
