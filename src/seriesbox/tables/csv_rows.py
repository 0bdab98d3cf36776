"""The rows of a file in comma-separated values that comes in parts.

`csv_header.py` knows the first row, `csv_ids.py` cuts ids off, `csv_cells.py` parses one part of whole lines,
`csv_faults.py` finds its faults and `csv_report.py` words them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from seriesbox.errors import MAX_PLACES, DataError, HeaderAloneError
from seriesbox.tables.columns import Columns
from seriesbox.tables.csv_cells import SHORTCUT_BYTES, parse_lines
from seriesbox.tables.csv_faults import Faults
from seriesbox.tables.csv_header import are_names, check_names, counted_header_fault, is_counted
from seriesbox.tables.csv_ids import CSVIds, texts
from seriesbox.tables.csv_report import check
from seriesbox.tables.lines import whole_lines, with_newlines
from seriesbox.tables.other_formats import check_text
from seriesbox.tables.table import Rows


class Layout(NamedTuple):
    """The columns of a file.

    header: whether the first row has their names; None if that is not known.
    ids: the number of first columns that hold ids.
    labelled: whether the next column is a label, for the advice in messages.
    gaps: whether a cell may be empty, for the advice in messages.
    known: the names that a model knows. A first row that has one of them is then a header, unless `header` is False.
    is_whole: whether the file has not been cut into parts, so that no first row of data can stand where a header was.
    """

    header: bool | None = None
    ids: int = 0
    labelled: bool = False
    gaps: bool = True
    known: Sequence[str] = ()
    is_whole: bool = False


NUMBERS_ONLY = Layout()


class CSVRows(Iterable[Rows]):
    """The rows of numbers of a file, without its header and its ids.

    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted.

    columns, ids: of the file; they are complete once all rows are read.
    """

    def __init__(self, parts: Iterable[bytes], name: str, layout: Layout = NUMBERS_ONLY) -> None:
        self.parts, self.name, self.layout = parts, name, layout
        self.columns = Columns((), layout.ids)
        self.ids = CSVIds(layout.ids, name) if layout.ids else None

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows.

        Raises DataError, at the end or after many faults, that names up to twenty cells that are not finite numbers,
        and HeaderError if the header consists of numbers other than 0, 1, 2 ..., by which pandas names columns.
        """
        lines = self._without_header()
        left_out = int(self.has_header)
        faults = Faults(self.name, self.columns, self.layout.gaps, self.layout.labelled, left_out, left_out)
        for part in lines:
            if faults.count >= MAX_PLACES and len(part) > SHORTCUT_BYTES:  # the last line may come alone
                faults.unread = True
                break
            if rows := parse_lines(part, faults):
                yield rows
        if self.ids:
            self.ids.check()
        check(faults)
        if faults.rows == faults.left_out:
            kind = HeaderAloneError if self.has_header else DataError
            raise kind(f"{self.name} is empty: it needs at least one row of numbers.")

    def _without_header(self) -> Iterator[bytes]:
        """Return the parts with numbers alone, once the names in the header are known."""
        parts = iter(self.parts)
        first = next(parts, b"")
        check_text(first, self.name)
        lines = whole_lines(with_newlines(chain([first], parts)), cut_long_lines=True)
        first = next(lines, b"")
        row, _, rest = first.partition(b"\n")
        self.has_header = self.layout.header or (self.layout.header is None and self._begins_with_known_names(row))
        if self.has_header:
            is_long = first.endswith(b",")
            while first.endswith(b","):
                first = next(lines)
                row, _, rest = first.partition(b"\n")
            first = rest
            self._take_names(row, is_long)
        elif self.layout.header is None:
            numbers = self.ids.without(first) if self.ids else first
            if is_counted(numbers.removesuffix(b",")):
                raise DataError(self.name + counted_header_fault(row))
        lines = chain([first] if first else [], lines)
        return map(self.ids.cut, lines) if self.ids else lines

    def _begins_with_known_names(self, row: bytes) -> bool:
        """Return whether a first row is a header of a file for a model that knows its columns by name."""
        if not self.layout.known:
            return False
        names = self._names(row)[self.layout.ids :]
        return are_names(names) and not {*names}.isdisjoint(self.layout.known)

    def _names(self, row: bytes) -> list[str]:
        return [each.strip() for each in texts(row, self.name)] if row else []

    def _take_names(self, row: bytes, is_long: bool) -> None:
        """Keep the names in a header, unless they are more than a part holds.

        Raises DataError if there are no more names than ids, or if more than a part holds should be matched.
        """
        count, names = self.layout.ids, self._names(row)
        check_names(names[count:], self.name, may_count_from_any=self.layout.is_whole)
        if is_long:
            if self.layout.known:
                raise DataError(f"{self.name} has a header that is too long to be matched by name: leave it out.")
            names = []
        elif self.ids and len(names) <= count:
            raise DataError(f"{self.name} has {len(names)} names in its header, and {count} of ids: name every column.")
        if self.ids:
            self.ids.rows, self.ids.names = 1, names[:count] or self.ids.names
        self.columns = Columns(tuple(names[count:]), count, header_rows=1)
