"""Rows of numbers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, PAGESIZE, mmap
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.tables.blocks import blocks

LARGEST = 3.4028235e38  # of float32, in which answers are written
# Shorter rows are padded to the longest one: refused where that is so many times the cells given, and many in all.
MOST_PADDING, LEAST_CELLS = 3, 1_000_000

Cells = NDArray[np.float64]
Widths = NDArray[np.int32]
Piece = tuple[Cells, Widths]
"""All cells of some rows in one line, and how many each row has."""


@dataclass(frozen=True)
class Table:
    """Rows of numbers, and where they came from.

    values: (N, D) float64, so that a small change on a large offset survives until it is scaled; a missing cell is NaN,
        and so is every cell beyond the end of a shorter row.
    widths: (N,) how many cells, empty ones included, each row was written with; where all have the same, it takes no
        memory.
    name: what error messages call it: a file's name, "the request".
    """

    values: Cells
    widths: Widths
    name: str = "the table"

    @classmethod
    def of(cls, values: NDArray[np.floating], name: str = "the table") -> Self:
        """A rectangular table of an array of shape (N, D)."""
        return cls(values.astype(np.float64), uniform(values.shape[1], len(values)), name)

    @property
    def width(self) -> int:
        """Of most rows."""
        if _is_uniform(self.widths):
            return int(self.widths[0])
        counts = np.zeros(self.values.shape[1] + 1, np.int64)
        for rows in blocks(len(self.widths), 1):
            counts += np.bincount(self.widths[rows], minlength=len(counts))
        return int(counts.argmax())

    def pieces(self) -> Iterator[Piece]:
        """All of it, some rows at a time."""
        for rows in blocks(*self.values.shape):
            given = np.arange(self.values.shape[1]) < self.widths[rows, None]
            yield self.values[rows][given], self.widths[rows]


class Tables(Sequence[Table]):
    """Tables one below the other in one array, which whoever takes them over may overwrite.

    values: (N, D), the rows of all tables; D is the widest row of them all.
    """

    def __init__(self, memory: mmap, widths: Widths, names: Sequence[str], ends: Sequence[int]) -> None:
        """memory: that of all rows; ends: the row behind the last one of each table."""
        self._memory = memory
        columns = int(widths.max(initial=0))
        self.values = np.frombuffer(memory, np.float64, len(widths) * columns).reshape(len(widths), columns)
        self.widths = widths
        self.names = names
        self.spans = [slice(*span) for span in pairwise([0, *ends])]

    @classmethod
    def of(cls, tables: Sequence[Table]) -> "Tables":
        """Tables that are to be used up: these themselves if they are given as such, else a copy of them."""
        if isinstance(tables, Tables):
            return tables
        rows = Rows()
        for table in tables:
            rows.read(table.name, table.pieces())
        return rows.tables()

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, index: int) -> Table: ...

    @overload
    def __getitem__(self, index: slice) -> list[Table]: ...

    def __getitem__(self, index: int | slice) -> Table | list[Table]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        span = self.spans[index]
        return Table(self.values[span], self.widths[span], self.names[index])

    def blocks(self, part: slice = slice(None)) -> Iterator[Cells]:
        """The rows of all tables, or a part of them, some at a time; to be read, or changed where they are."""
        values = self.values[part]
        return (values[rows] for rows in blocks(*values.shape))

    def used_up(self, convert: Callable[[Cells], NDArray[np.float32]]) -> NDArray[np.float32]:
        """(N, D): some rows after the other through `convert`, in the same memory, half of which is given back.

        The tables are no more. Raises BufferError where somebody still holds a view of them.
        """
        rows, columns = self.values.shape
        converted = np.frombuffer(self._memory, np.float32, rows * columns).reshape(rows, columns)
        for some in blocks(rows, columns):
            converted[some] = convert(self.values[some])
        del converted
        self.values = np.empty((0, columns))
        self._memory.resize(max(PAGESIZE, 4 * rows * columns))
        return np.frombuffer(self._memory, np.float32, rows * columns).reshape(rows, columns)


class Rows:
    """Rows while they are read: a cell is written where it stays, so that memory holds each once.

    They lie in pages of their own, which grow without being copied; what is given back of them is free for everyone.
    """

    def __init__(self) -> None:
        self._memory = mmap(-1, PAGESIZE, flags=MAP_PRIVATE | MAP_ANONYMOUS)
        self._filled = 0  # cells
        self._widths: list[Widths] = []
        self._names: list[str] = []
        self._ends = [(0, 0, 0)]  # of the tables, in cells, in pieces and in rows

    def read(self, name: str, pieces: Iterable[Piece]) -> None:
        """Add a table, or nothing of it where reading its pieces fails."""
        try:
            for cells, widths in pieces:
                self._add(cells, widths)
        except BaseException:
            self._filled, count, _ = self._ends[-1]
            del self._widths[count:]
            raise
        _, count, rows = self._ends[-1]
        self._names.append(name)
        self._ends.append((self._filled, len(self._widths), rows + sum(map(len, self._widths[count:]))))

    def __len__(self) -> int:
        return self._ends[-1][-1]

    @property
    def padding(self) -> int:
        """The bytes that shorter rows will be padded with."""
        return 8 * (len(self) * self._widest() - self._filled)

    def tables(self) -> Tables:
        """The tables, which take everything over. Raises DataError where padding would run wild."""
        widths, widest = _joined(self._widths), self._widest()
        ends = [rows for *_, rows in self._ends[1:]]
        if len(widths) * widest > max(MOST_PADDING * self._filled, LEAST_CELLS):
            row = int(widths.argmax())
            table = int(np.searchsorted(ends, row, side="right"))
            raise DataError(
                f"{self._names[table]}: row {row + 1 - (ends[table - 1] if table else 0)} has {widest} cells, far more "
                "than most others, which would all be padded to that: cut it, or give long and short rows apart."
            )
        self._memory.resize(max(PAGESIZE, 8 * len(widths) * widest))
        if self._filled < len(widths) * widest:
            _pad(
                np.frombuffer(self._memory, np.float64, len(widths) * widest).reshape(-1, widest), self._filled, widths
            )
        return Tables(self._memory, widths, self._names, ends)

    def _widest(self) -> int:
        return max((int(widths.max()) for widths in self._widths), default=0)

    def _add(self, cells: Cells, widths: Widths) -> None:
        end = self._filled + len(cells)
        if 8 * end > len(self._memory):
            self._memory.resize(9 * end)
        np.frombuffer(self._memory, np.float64, end)[self._filled :] = cells
        self._filled = end
        self._widths.append(uniform(int(widths[0]), len(widths)) if _is_uniform(widths) else widths)


def table_of(pieces: Iterable[Piece], name: str) -> Table:
    """The one table of these pieces. Raises DataError where padding would run wild."""
    pieces = iter(pieces)
    begin = list(islice(pieces, 2))
    if len(begin) == 1 and _is_uniform(begin[0][1]):  # small, as most requests are
        (cells, widths), *_ = begin
        return Table(cells.reshape(len(widths), -1), widths, name)
    rows = Rows()
    rows.read(name, chain(begin, pieces))
    return rows.tables()[0]


def uniform(width: int, rows: int) -> Widths:
    """(rows,) of the same width, in the memory of one."""
    return np.ndarray(rows, np.int32, np.int32(width).tobytes(), strides=(0,))


def _is_uniform(widths: Widths) -> bool:
    return widths.strides == (0,) or bool(widths.min() == widths.max())


def _joined(widths: Sequence[Widths]) -> Widths:
    if not widths:
        return uniform(0, 0)
    first = widths[0][0]
    if all(each.strides == (0,) and each[0] == first for each in widths):
        return uniform(first, sum(map(len, widths)))
    return np.concatenate(widths)


def _pad(values: Cells, filled: int, widths: Widths) -> None:
    """Lay the cells at the front of (N, D) out as rows: from the last to the first, so that none is lost."""
    cells, columns = values.reshape(-1), np.arange(values.shape[1])
    for rows in reversed(list(blocks(*values.shape))):
        given = columns < widths[rows, None]
        start = filled - int(given.sum())
        block = np.full(given.shape, np.nan)
        block[given] = cells[start:filled]
        values[rows], filled = block, start
