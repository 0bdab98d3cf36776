"""Series of several variables in JSON -> rows of numbers, a variable after the other.

A variable that is shorter than the longest one of its series is filled up with missing cells.

Shapes: N series, L lists of each: its variables, and before them its label in labelled data.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.tables.blocks import blocks
from seriesbox.tables.json_rows import rows_of
from seriesbox.tables.json_series import SeriesLists
from seriesbox.tables.stack_builder import most_cells
from seriesbox.tables.table import Cells, Rows, equal_widths

UNFINISHED = equal_widths(0, 0)


class VariableRows(Iterable[Rows]):
    """The rows that series hold.

    series: lists of them, as `json_series.py` returns them.
    labels: 1 if a label comes before the variables, else 0.
    size: the bytes of the text, if they are known. Filling up makes no more cells than that.
    """

    def __init__(
        self, series: Iterable[list[Any]], name: str, variables: int, labels: int = 0, size: float = math.inf
    ) -> None:
        self._series, self._name, self._variables, self._labels, self._size = series, name, variables, labels, size
        self._count = labels + variables
        self._rows = self._given = self._filled = 0  # series, their cells, and those with what is filled up

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows. Raises DataError that names what is no number, and series of another number of lists."""
        begun: list[list[Cells]] = [[]]  # the parts of the lists of one series; the last list has no end yet
        lists = SeriesLists(self._series, self._name, self._variables, self._labels)
        for cells, widths in rows_of(lists, self._name, place=self._place):
            if begun == [[]] and len(widths) >= self._count:
                yield self._joined(cells, widths.reshape(-1, self._count))
                continue
            first, *others = np.split(cells, np.cumsum(widths[:-1])) if len(widths) else [cells]
            begun[-1].append(first)
            begun += [[each] for each in others]
            if len(widths):
                begun.append([])
            if len(begun) > self._count:
                yield from self._joined_parts(begun[:-1])
                begun = [[]]

    def _place(self, number: int) -> str:
        row, place = divmod(number - 1, self._count)
        return f"row {row + 1}, list {place + 1}"

    def _joined(self, cells: Cells, widths: NDArray[np.int32]) -> Rows:
        """Return the rows of N whole series, by the widths of their lists, (N, L)."""
        filled = self._filled_up(widths)
        if not np.array_equal(widths, filled):
            place = np.arange(filled.sum()) - np.repeat(filled.cumsum() - filled.ravel(), filled.ravel())
            rows = np.full(len(place), np.nan)
            rows[place < np.repeat(widths, filled.ravel())] = cells
            cells = rows
        return cells, filled.sum(axis=1, dtype=np.int32)

    def _joined_parts(self, lists: list[list[Cells]]) -> Iterator[Rows]:
        """Yield the row of one series whose lists came in parts, in parts. Takes the lists."""
        widths = np.array([[sum(map(len, parts)) for parts in lists]], np.int32)
        filled = self._filled_up(widths)
        for missing in (filled - widths)[0].tolist():
            parts = lists.pop(0)
            while parts:
                yield parts.pop(0), UNFINISHED
            for part in blocks(missing, 1):
                yield np.full(part.stop - part.start, np.nan), UNFINISHED
        yield np.empty(0), filled.sum(axis=1, dtype=np.int32)

    def _filled_up(self, widths: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return what the widths of lists, (N, L), are if they are filled up. Raises DataError if that is too much."""
        filled = np.repeat(widths[:, self._labels :].max(axis=1, keepdims=True), self._count, axis=1)
        if self._labels:
            filled[:, 0] = 1
            if (wrong := np.flatnonzero(widths[:, 0] != 1)).size:
                raise DataError(
                    f"{self._name} must have the label alone in the first list of every row: row "
                    f"{self._rows + wrong[0] + 1} has {widths[wrong[0], 0]} numbers there."
                )
        self._given += int(widths.sum())
        self._filled += int(filled.sum(dtype=np.int64))
        if self._filled > most_cells(self._given, self._size):
            row = int((filled.sum(axis=1, dtype=np.int64) - widths.sum(axis=1)).argmax())
            raise DataError(
                f"{self._name}: row {self._rows + row + 1} has variables of {widths[row, self._labels :].min()} to "
                f"{widths[row].max()} numbers, and all would be filled up to the longest: give them at the same steps."
            )
        self._rows += len(widths)
        return filled
