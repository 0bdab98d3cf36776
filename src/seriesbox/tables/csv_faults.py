"""Cells that are not finite numbers, and blank lines. The search is slow, so it runs only if something is wrong.

`csv_texts.py` tells numbers from other texts, `csv_kinds.py` recognises a mistake that all of them share, and
`csv_header.py` the names of columns.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import MAX_PLACES, Places
from seriesbox.tables.columns import Columns
from seriesbox.tables.csv_header import are_names
from seriesbox.tables.csv_kinds import SHOWN, Kinds
from seriesbox.tables.csv_texts import column_numbers, given_and_wrong, stretches
from seriesbox.tables.table import Cells, Widths

MIN_CELLS = 3  # of a row without a number, so that it is named as a whole
MAX_COLUMNS = 100  # whose wrong cells are remembered


@dataclass
class WrongCells:
    """The cells of one column that are no numbers: how many, and the first ones, each as (row, text)."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Faults:
    """The faults of one file; `csv_report.py` words them.

    called: what messages call the columns.
    gaps: whether a cell may be empty.
    labelled: whether the first column is a label.
    rows: the number of rows parsed so far, with `left_out` header rows.
    cells_before: the number of cells parsed of a row that is not finished, because its line is cut.
    unread: whether something was left unread.
    unreadable: whether some rows could not be parsed, although all of their cells can.
    wrong: the number of cells that are no numbers, those of a header excepted.
    header: the first row, if it has names.
    word_rows: rows without a number.
    columns: the other wrong cells of each column, by its number from 0.
    has_number: (D,) whether each column has a number.
    every_second_blank: whether the blank lines so far are rows 2, 4, 6, ...
    """

    name: str
    called: Columns = field(default_factory=Columns)
    gaps: bool = True
    labelled: bool = False
    rows: int = 0
    left_out: int = 0
    cells_before: int = 0
    unread: bool = False
    unreadable: bool = False
    wrong: int = 0
    header: list[str] = field(default_factory=list)
    kinds: Kinds = field(default_factory=Kinds)
    word_rows: Places = field(default_factory=Places)
    columns: dict[int, WrongCells] = field(default_factory=dict)
    has_number: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    blank_lines: Places = field(default_factory=Places)
    every_second_blank: bool = True

    @property
    def count(self) -> int:
        """The number of faults so far."""
        return self.wrong + self.blank_lines.count

    def add_fine(self, cells: Cells, widths: Widths, is_cut: bool = False) -> None:
        """Add rows without a fault. `is_cut`: they are one row, which is not finished."""
        width = int(widths.max()) + self.cells_before
        if len(self.has_number) < width or not self.has_number[:width].all():
            columns = column_numbers(widths)
            columns[: widths[0]] += self.cells_before
            self._mark(columns[~np.isnan(cells)])
        self._advance(widths, is_cut)

    def find_blank_lines(self, lines: bytes) -> None:
        """Add the blank lines of some whole lines, the last of which has no newline."""
        if lines and not lines.startswith(b"\n") and b"\n\n" not in lines:
            return
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
        blank = np.flatnonzero(np.append(ends, len(lines)) == np.insert(ends + 1, 0, 0))
        expected = 2 * (self.blank_lines.count + np.arange(len(blank))) + 1
        self.every_second_blank &= np.array_equal(self.rows + blank, expected)
        self.blank_lines.add(len(blank), (f"row {self.rows + row + 1}" for row in blank))

    def find(self, cells: bytes, widths: Widths, is_cut: bool = False) -> None:
        """Add the faults of some rows, whose cells are on a line each. `is_cut` as in `add_fine`."""
        row_ends = widths.cumsum(dtype=np.int64)
        first, known = 0, self.wrong + len(self.header)
        for stretch in stretches(cells):
            texts = stretch.decode("utf-8", errors="replace").split("\n")[:-1]
            numbers = np.arange(first, first + len(texts))
            rows = np.searchsorted(row_ends, numbers, side="right")
            columns = numbers - row_ends[rows] + widths[rows]
            columns[rows == 0] += self.cells_before
            self._find(texts, rows, columns, widths + (self.cells_before or is_cut))
            first += len(texts)
            if self.count >= MAX_PLACES and first < row_ends[-1]:
                self.unread = True
                break
        self.unreadable |= self.wrong + len(self.header) == known
        self._advance(widths, is_cut)

    def _find(self, texts: list[str], rows: NDArray[np.int64], columns: NDArray[np.int64], widths: Widths) -> None:
        """Add the faults of cells with these row and column numbers, among rows of these widths."""
        given, wrong = given_and_wrong(texts)
        if not self.rows and not rows[0] and not columns[0] and are_names(first := texts[: int((rows == 0).sum())]):
            self.header = first
            given[: len(first)] = wrong[: len(first)] = False
        if not wrong.any():
            self._mark(columns[given])
            return
        self.wrong += int(wrong.sum())
        self.kinds.narrow(texts, np.flatnonzero(wrong).tolist())

        words, filled, whole = (np.bincount(rows[cells], minlength=len(widths)) for cells in (wrong, given, rows >= 0))
        word_rows = (words == filled) & (words >= MIN_CELLS) & (whole == widths)
        starts = np.searchsorted(rows, np.flatnonzero(word_rows))
        self.word_rows.add(
            len(starts), (f"row {self.rows + rows[cell] + 1} ({texts[cell][:SHOWN]!r})" for cell in starts)
        )
        rest = ~word_rows[rows]
        self._mark(columns[given & ~wrong & rest])
        found = np.flatnonzero(wrong & rest)
        found = found[np.argsort(columns[found], kind="stable")]
        numbers, starts, counts = np.unique(columns[found], return_index=True, return_counts=True)
        for number, start, count in zip(numbers[:MAX_COLUMNS], starts, counts, strict=False):
            column = self.columns.setdefault(int(number), WrongCells())
            column.count += int(count)
            more = found[start : start + min(count, MAX_PLACES - len(column.first))]
            column.first += [(self.rows + int(rows[cell]), texts[cell][:SHOWN]) for cell in more]

    def _advance(self, widths: Widths, is_cut: bool) -> None:
        self.rows += len(widths) - is_cut
        self.cells_before = self.cells_before + int(widths[0]) if is_cut else 0

    def _mark(self, columns: NDArray[np.int64]) -> None:
        """Note that these columns have numbers."""
        grown = np.zeros(max(len(self.has_number), int(columns.max(initial=-1)) + 1), np.bool_)
        grown[: len(self.has_number)] = self.has_number
        grown[columns] = True
        self.has_number = grown
