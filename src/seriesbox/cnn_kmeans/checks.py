"""Checks that the rows of a table are series."""

import numpy as np

from seriesbox.errors import DataError, Places
from seriesbox.scaler import Scaler
from seriesbox.tables.blocks import blocks
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


def check_steps(steps: int, scaling: str, scaler: Scaler) -> None:
    """Raise DataError if `scaling` is step and there are more steps than the scaler has."""
    if scaling == "step" and steps > len(scaler.shift):
        raise DataError(
            f"The series have up to {steps} steps, but the model was trained on {len(scaler.shift)} and, with "
            "`scaling` step, knows no others: cut them off, or train with another `scaling`."
        )
