"""Reading rows into one array that grows without copies.

Shapes: N rows, D columns.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from mmap import PAGESIZE, mmap

import numpy as np

from seriesbox.errors import DataError
from seriesbox.tables.blocks import BLOCK_CELLS, blocks
from seriesbox.tables.memory import private_memory
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Cells, Rows, Table, Widths, are_equal, equal_widths

# Shorter rows are padded to the longest one. That is refused if the array would have more than MAX_PADDING times the
# cells that were given, and more than MIN_CELLS.
MAX_PADDING, MIN_CELLS = 3, 1_000_000


class StackBuilder:
    """A stack of tables while they are read. Each cell is written to its final place, so that memory holds it once."""

    def __init__(self, new_memory: Callable[[], mmap] = private_memory) -> None:
        self._memory = new_memory()
        self._filled = 0  # cells
        self._widths: list[Widths] = []
        self._names: list[str] = []
        self._ends = [(0, 0, 0)]  # of the tables: in cells, in items of `_widths`, and in rows

    def add(self, name: str, rows: Iterable[Rows]) -> None:
        """Add a table, or nothing of it if its rows raise an error."""
        try:
            for cells, widths in rows:
                self._add(cells, widths)
        except BaseException:
            self._filled, count, _ = self._ends[-1]
            del self._widths[count:]
            raise
        _, count, end = self._ends[-1]
        self._names.append(name)
        self._ends.append((self._filled, len(self._widths), end + sum(map(len, self._widths[count:]))))

    def __len__(self) -> int:
        return self._ends[-1][-1]

    @property
    def padding(self) -> int:
        """The number of bytes by which shorter rows will be padded."""
        return 8 * (len(self) * self._widest() - self._filled)

    def build(self, size: float = math.inf) -> TableStack:
        """Return the stack, which takes the memory over. Raises DataError if one row is far longer than the others.

        size: the bytes of the text. No more cells than that are made by padding, as no cell has less than a byte.
        """
        widths, widest = _concatenated(self._widths), self._widest()
        ends = [rows for *_, rows in self._ends[1:]]
        if len(widths) * widest > most_cells(self._filled, size):
            row = int(widths.argmax())
            table = int(np.searchsorted(ends, row, side="right"))
            raise DataError(
                f"{self._names[table]}: row {row + 1 - (ends[table - 1] if table else 0)} has {widest} cells, far more "
                "than most others, which would all be padded to that: cut it, or give long and short rows apart."
            )
        cells = len(widths) * widest
        self._memory.resize(max(PAGESIZE, 8 * cells))
        if self._filled < cells:
            _pad(np.frombuffer(self._memory, np.float64, cells).reshape(-1, widest), self._filled, widths)
        return TableStack(self._memory, widths, self._names, ends)

    def _widest(self) -> int:
        return max((int(widths.max()) for widths in self._widths), default=0)

    def _add(self, cells: Cells, widths: Widths) -> None:
        end = self._filled + len(cells)
        if 8 * end > len(self._memory):
            self._memory.resize(9 * end)
        np.frombuffer(self._memory, np.float64, end)[self._filled :] = cells
        self._filled = end
        if len(widths):  # else the cells are of a row that is not finished
            self._widths.append(equal_widths(int(widths[0]), len(widths)) if are_equal(widths) else widths)


def most_cells(given: int, size: float) -> float:
    """Return the most cells that these many may become by padding. size: the bytes of their text."""
    return max(min(MAX_PADDING * given, size), MIN_CELLS)


def stack_tables(tables: Sequence[Table]) -> TableStack:
    """Return the tables themselves if they are a stack, else a copy of them."""
    if isinstance(tables, TableStack):
        return tables
    builder = StackBuilder()
    for table in tables:
        builder.add(table.name, table.rows())
    return builder.build()


def build_table(rows: Iterable[Rows], name: str, size: float = math.inf) -> Table:
    """Return one table of the rows of a text of `size` bytes. Raises DataError as `StackBuilder.build` does."""
    remaining = iter(rows)
    first = list(islice(remaining, 2))
    if len(first) == 1 and are_equal(first[0][1]):  # small, as most requests are
        (cells, widths), *_ = first
        return Table(cells.reshape(len(widths), -1), widths, name)
    builder = StackBuilder()
    builder.add(name, chain(first, remaining))
    return builder.build(size)[0]


def _concatenated(widths: Sequence[Widths]) -> Widths:
    if not widths:
        return equal_widths(0, 0)
    first = widths[0][0]
    if all(each.strides == (0,) and each[0] == first for each in widths):
        return equal_widths(first, sum(map(len, widths)))
    return np.concatenate(widths)


def _pad(values: Cells, filled: int, widths: Widths) -> None:
    """Spread the cells at the front of (N, D) out to rows, from the last row to the first, so that none is lost."""
    cells, columns = values.reshape(-1), values.shape[1]
    if columns > BLOCK_CELLS:
        for row in reversed(range(len(widths))):
            filled -= int(widths[row])
            for part in reversed(list(blocks(int(widths[row]), 1))):
                values[row, part] = cells[filled + part.start : filled + part.stop].copy()
            values[row, widths[row] :] = np.nan
        return
    numbers = np.arange(columns)
    for rows in reversed(list(blocks(*values.shape))):
        given = numbers < widths[rows, None]
        start = filled - int(given.sum())
        block = np.full(given.shape, np.nan)
        block[given] = cells[start:filled]
        values[rows], filled = block, start
