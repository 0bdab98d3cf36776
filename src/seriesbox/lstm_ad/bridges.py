"""Gaps in recordings to train on: which cells are missing, and straight lines across them.

Shapes: N rows, D columns.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Cells


def missing_cells(tables: TableStack) -> NDArray[np.bool_] | None:
    """Return which cells are missing, (N, D), once for all processes of the host; None if none is."""
    if not any(np.isnan(block).any() for block in tables.blocks()):
        return None
    shape = tables.values.shape
    return tables.share(lambda: np.isnan(tables.values).reshape(-1)).reshape(shape)


def bridge_gaps(values: Cells, parts: Sequence[slice]) -> None:
    """Bridge the gaps of every part of (N, D) rows, one part after the other, in place.

    A column is a straight line between the two values around a gap, and stays at its first and its last one before and
    after them.
    """
    for part in parts:
        for column in values[part].T:
            _bridge(column)


def _bridge(column: Cells) -> None:
    """Bridge the gaps of one column, (N,), unless nothing is known."""
    is_missing = np.isnan(column)
    if not is_missing.any() or is_missing.all():
        return
    edges = np.flatnonzero(is_missing[:-1] != is_missing[1:])
    known = np.unique(edges + is_missing[edges])  # the observed cells beside gaps
    gaps = np.flatnonzero(is_missing)
    column[gaps] = np.interp(gaps, known, column[known])
