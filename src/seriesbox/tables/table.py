"""Rows of numbers."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8, as spreadsheets write it
LARGEST = 3.4028235e38  # of float32, in which answers are written
FAULTS_SHOWN = 20
# Shorter rows are padded to the longest one: refused where that is so many times the cells given, and many in all.
MOST_PADDING, LEAST_CELLS = 20, 10_000_000


@dataclass(frozen=True)
class Table:
    """Rows of numbers, and where they came from.

    values: (N, D) float64, so that a small change on a large offset survives until it is scaled; a missing cell is NaN,
        and so is every cell beyond the end of a shorter row.
    widths: (N,) how many cells, empty ones included, each row was written with.
    name: what error messages call it: a file's name, "the request".
    """

    values: NDArray[np.float64]
    widths: NDArray[np.int32]
    name: str = "the table"

    @classmethod
    def of(cls, values: NDArray[np.floating], name: str = "the table") -> Self:
        """A rectangular table of an array of shape (N, D)."""
        return cls(values.astype(np.float64), np.full(len(values), values.shape[1], np.int32), name)

    @classmethod
    def laid_out(cls, cells: NDArray[np.float64], widths: NDArray[np.int32], name: str) -> Self:
        """Rows of the given widths from all their cells in one line. Raises DataError where padding would run wild."""
        widest = int(widths.max())
        if (widths == widest).all():
            return cls(cells.reshape(len(widths), widest), widths, name)
        if len(widths) * widest > max(MOST_PADDING * len(cells), LEAST_CELLS):
            raise DataError(
                f"{name}: row {int(widths.argmax()) + 1} has {widest} cells, far more than the others, which would all "
                "be padded to that: cut it, or give long and short rows to jobs of their own."
            )
        values = np.full((len(widths), widest), np.nan)
        values[np.arange(widest) < widths[:, None]] = cells
        return cls(values, widths, name)


def shown(faults: list[str], count: int) -> str:
    """The first faults, and how many more there are."""
    more = f"; and {count - FAULTS_SHOWN} more" if count > FAULTS_SHOWN else ""
    return "; ".join(faults[:FAULTS_SHOWN]) + more
