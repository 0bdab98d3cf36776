"""Checks that the rows of a table are series."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.errors import DataError, Places
from seriesbox.tables.blocks import blocks
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table


def check_variables(table: Table, variables: int) -> None:
    """Raise DataError that names the rows whose cells are not the same number for every variable."""
    places = Places()
    for rows in blocks(len(table.widths), 1):
        widths = table.widths[rows]
        odd = np.flatnonzero(widths % variables)
        numbers = ((table.row(rows.start + row), int(widths[row])) for row in odd)
        places.add(len(odd), (f"{row} has {width} cell{'s' * (width > 1)}" for row, width in numbers))
    if places.count:
        raise DataError(
            f"{table.name} must have as many cells for each of {variables} variables (`variables`) of a row: ",
            places,
            f", no multiple of {variables}. Give a shorter variable empty cells at its end, remove what is no variable "
            "(an index, a label, a comma at the end), or correct `variables`.",
        )


def check_observed(table: Table) -> None:
    """Raise DataError that names the rows in which nothing is observed."""
    places = Places()
    for rows in blocks(*table.values.shape):
        empty = np.flatnonzero(np.isnan(table.values[rows]).all(axis=1))
        places.add(len(empty), (table.row(rows.start + row) for row in empty))
    if places.count:
        raise DataError(f"{table.name} has nothing in ", places, ": give every series a value, or remove its row.")


def check_direction(table: Table, min_rows: int, variables: int) -> None:
    """Raise DataError if each of at least `min_rows` rows has one step, which is one series turned."""
    if table.values.shape[1] == variables and len(table.values) >= min_rows:
        columns, cells = "one column", "a time step per column"
        if variables > 1:
            columns, cells = f"{variables} columns for {variables} variables", "all steps of a variable before the next"
        raise DataError(
            f"{table.name} has {columns}, so that each of its {len(table.values)} rows would be a series of one step: "
            f"give a series per row, and {cells}."
        )


def check_number(series: int, clusters: int, channel: str) -> None:
    """Raise DataError if there are fewer series than clusters, or with `clusters` 0 none to choose their number by."""
    if series < (clusters or 3):
        what, way_out = f"{clusters} clusters need at least as many", "lower `clusters`"
        if not clusters:
            what, way_out = "`clusters` 0 needs at least three", "give the number of clusters"
        raise DataError(f"{what} series, but the {channel} data has {series}: {way_out} or add rows.")


def check_empty(empty: NDArray[np.integer[Any]], total: int, channel: str, warn: Callable[[str], None]) -> None:
    """Raise DataError if nothing is observed of a variable, and warn if that is so in some series.

    empty: (V,) the number of series in which nothing of each variable is observed.
    """
    for variable, count in enumerate(empty.tolist(), 1):
        if count == total:
            raise DataError(
                f"The {channel} data has nothing of variable {variable} in any series: leave it out, and lower "
                "`variables`."
            )
        if count:
            warn(
                f"{channel}: variable {variable} is missing in {count} of {total} series, and counts as its mean there."
            )


def check_anchors(anchors: int, channel: str, sharded: bool) -> None:
    """Raise DataError if no series has another one of its process as a negative."""
    if not anchors:
        count, owner = ("at most one series on every host", "a host") if sharded else ("one series", "it")
        raise DataError(f"The {channel} data has {count}: give {owner} two or more.")


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
    places.add(len(rows), (labelled.table.row(int(row)) for row in rows))
    if places.count:
        raise DataError(
            f"{labelled.name} has no label in {labelled.column} of ", places, ": write one, or remove the row."
        )


def labelled_checks(labelled: Labelled, sizes: CNNKMeansHyperparameters, columns: int) -> Iterator[Callable[[], None]]:
    """Yield all checks of a labelled table. columns: of the training tables; 0 if they are not known."""
    table, variables = labelled.table, sizes.variables
    yield partial(check_labels, labelled)
    yield partial(check_variables, table, variables)
    yield partial(check_direction, table, 2, variables)
    yield partial(check_observed, table)
    if columns:
        yield partial(check_steps, table.values.shape[1] // variables, sizes.scaling, columns // variables)
