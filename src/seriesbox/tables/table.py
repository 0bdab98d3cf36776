"""Rows of numbers.

Shapes: N rows, D columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.blocks import blocks
from seriesbox.tables.columns import POSITIONS, Columns
from seriesbox.tables.ids import Ids

LARGEST = 3.4028235e38  # of float32, in which answers are written

Cells = NDArray[np.float64]
Widths = NDArray[np.int32]
Rows = tuple[Cells, Widths]
"""Some rows: their cells one after the other, and the number of cells in each row that ends with them."""


@dataclass(frozen=True)
class Table:
    """Rows of numbers, and where they came from.

    values: (N, D) float64, so that a small change on a large offset survives until it is scaled; a missing cell is NaN,
        and so is every cell beyond the end of a shorter row.
    widths: (N,) the number of cells, empty ones included, that each row was written with. Equal widths take no memory.
    name: what error messages call it: a file's name, "the request".
    columns: what messages call its columns.
    ids: of the rows, if they have any that are wanted.
    """

    values: Cells
    widths: Widths
    name: str = "the table"
    columns: Columns = POSITIONS
    ids: Ids | None = None

    @classmethod
    def of(cls, values: NDArray[np.floating], name: str = "the table") -> Self:
        """Return a rectangular table of an array of shape (N, D)."""
        return cls(values.astype(np.float64), equal_widths(values.shape[1], len(values)), name)

    @property
    def width(self) -> int:
        """The width of most rows."""
        if are_equal(self.widths):
            return int(self.widths[0])
        counts = np.zeros(self.values.shape[1] + 1, np.int64)
        for rows in blocks(len(self.widths), 1):
            counts += np.bincount(self.widths[rows], minlength=len(counts))
        return int(counts.argmax())

    def rows(self) -> Iterator[Rows]:
        """Yield all rows, some at a time."""
        for rows in blocks(*self.values.shape):
            given = np.arange(self.values.shape[1]) < self.widths[rows, None]
            yield self.values[rows][given], self.widths[rows]

    def row(self, number: int) -> str:
        """Return what messages call a row, by its number from 0: its place in the file."""
        return f"row {number + self.columns.header_rows + 1}"

    def head(self, rows: int) -> Self:
        """Return a copy of the first rows."""
        return type(self)(self.values[:rows].copy(), self.widths[:rows].copy(), self.name, self.columns)


def equal_widths(width: int, rows: int) -> Widths:
    """Return (rows,) equal widths in the memory of one."""
    return np.ndarray(rows, np.int32, np.int32(width).tobytes(), strides=(0,))


def are_equal(widths: Widths) -> bool:
    """Return whether all rows have the same width."""
    return widths.strides == (0,) or bool(widths.min() == widths.max())
