"""Cells as texts: which are empty, and which are no numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.blocks import blocks
from seriesbox.tables.lines import PART
from seriesbox.tables.table import LARGEST, Widths

MISSING = ["", "nan", "NaN", "NAN"]


def stretches(cells: bytes) -> Iterator[bytes]:
    """Yield cells that are on a line each, some at a time: as texts they take many times the memory."""
    start = 0
    while start < len(cells):
        end = cells.find(b"\n", start + PART) + 1 or len(cells)
        yield cells[start:end]
        start = end


def given_and_wrong(texts: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells are not empty, and which of these are no numbers."""
    import pandas as pd

    cells: Any = pd.Series(texts).str.lstrip(" ")
    numbers = cells.mask(cells.str.lower().isin(["true", "false"]), "no number")
    parts = (numbers[rows] for rows in blocks(len(texts), 1))  # pandas holds the interpreter for one part
    values = np.concatenate([pd.to_numeric(part, errors="coerce") for part in parts])
    given = ~cells.isin(MISSING).to_numpy()
    return given, given & ~(np.abs(values) <= LARGEST)


def column_numbers(widths: Widths) -> NDArray[np.int64]:
    """Return the column of each cell of rows with these widths."""
    ends = widths.cumsum(dtype=np.int64)
    return np.arange(ends[-1]) - np.repeat(ends - widths, widths)
