"""JSON and JSON Lines -> tables of floats.

`json_lists.py` parses long lists in parts, `json_rows.py` makes rows of them. JSON has no line or column worth naming
in an error, so faults are named by row and place in the row, as in CSV.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from seriesbox.errors import DataError, Places
from seriesbox.tables.ids import JSONIds
from seriesbox.tables.json_ids import OTHER_OBJECT, split
from seriesbox.tables.json_lists import parse_line, parse_list, parse_long_line
from seriesbox.tables.json_rows import rows_of
from seriesbox.tables.json_series import flat_rows, parse_long_series, parse_series_list
from seriesbox.tables.json_variables import VariableRows
from seriesbox.tables.lines import PART, parts_of, whole_lines
from seriesbox.tables.stack_builder import build_table
from seriesbox.tables.table import Rows, Table, equal_widths


def parse_rows(body: bytes, name: str, variables: int = 1, labels: int = 0) -> Table:
    """Parse a list of rows, or one row alone. Raises DataError that names what is no number, up to twenty places.

    variables: of a row, which is a list of as many lists if it is more than one. labels: as `VariableRows` says.
    """
    if variables > 1:
        rows = VariableRows(parse_series_list(body, name), name, variables, labels, len(body))
        return build_table(rows, name, len(body))
    nested, lists = parse_list(body, name)
    if nested:
        return build_table(rows_of(flat_rows(lists, name), name), name, len(body))
    cells = build_table(rows_of(lists, name, "row 1, column {}"), name).values
    return Table(cells.reshape(1, -1), equal_widths(len(cells), 1), name)


def parse_row_lines(body: bytes, name: str, variables: int = 1) -> Table:
    """Parse one row a line, which may have an id. Raises DataError as `parse_rows` does."""
    rows = LineRows(parts_of(body), name, variables, size=len(body))
    return replace(build_table(rows, name, len(body)), ids=rows.ids)


def parse_series(body: bytes, name: str) -> Table:
    """Parse a list of rows, or of the numbers of one column. Raises DataError as `parse_rows` does."""
    return build_table(_series(body, name), name, len(body))


def parse_series_lines(body: bytes, name: str) -> Iterator[Table]:
    """Parse one series a line; all of them may have ids. Raises DataError as `parse_rows` does, once it is reached."""
    earlier: SeriesLine | None = None
    for line in series_lines(parts_of(body), name):
        if earlier and (earlier.id is None) is not (line.id is None):
            raise DataError(f"{line.name} has {'no' if line.id is None else 'an'} id, unlike the line before it.")
        ids = None if line.id is None else JSONIds([line.id], of_all_rows=True)
        yield replace(build_table(line.rows, line.name), ids=ids)
        earlier = line


class LineRows(Iterable[Rows]):
    """The rows of a file that comes in parts, one a line, without their ids.

    variables, labels, size: as `VariableRows` says.
    """

    def __init__(
        self, parts: Iterable[bytes], name: str, variables: int = 1, labels: int = 0, size: float = math.inf
    ) -> None:
        self.parts, self.name = parts, name
        self.variables, self.labels, self.size = variables, labels, size
        self._ids: list[bytes] = []
        self._without = Places()

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows. Raises DataError as `parse_rows` does, at the end, and if some rows have no id."""
        if self.variables > 1:
            yield from VariableRows(self._lists(), self.name, self.variables, self.labels, self.size)
        else:
            yield from rows_of(flat_rows(self._lists(), self.name), self.name)
        if self._ids and self._without.count:
            raise DataError(f"{self.name} has rows with an id, and rows without one: ", self._without, ".")

    @property
    def ids(self) -> JSONIds | None:
        """The ids of the rows that were read; None if they have none."""
        return JSONIds(self._ids) if self._ids else None

    def _lists(self) -> Iterator[list[Any]]:
        """Yield the values of lines, some at a time; long ones in parts."""
        parse_long = parse_long_series if self.variables > 1 else parse_long_line
        for lines in _numbered_lines(self.parts):
            values = [self._values(number, line) for number, line in lines]
            if any(len(line) > PART for line in values):
                for line in values:
                    yield from parse_long(line) if len(line) > PART else [[parse_line(line)]]
            else:
                yield [parse_line(line) for line in values]

    def _values(self, number: int, line: bytes) -> bytes:
        """Return the list of a line, not parsed yet, and keep its id."""
        values, given = split(line)
        if given is None:
            self._without.add(1, [f"line {number}"])
        else:
            self._ids.append(given)
        return values


class SeriesLine(NamedTuple):
    """A line that is a series: its name in messages, its rows, and its id, if it has one."""

    name: str
    rows: Iterator[Rows]
    id: bytes | None


def series_lines(parts: Iterable[bytes], name: str) -> Iterator[SeriesLine]:
    """Yield every series of a file that comes in parts. Raises DataError as `parse_rows` does."""
    empty = True
    for lines in _numbered_lines(parts):
        for number, line in lines:
            empty = False
            label = f"{name}, line {number}"
            values, given = split(line)
            if values.lstrip().startswith(b"{"):
                raise DataError(f"{label} is {OTHER_OBJECT}.")
            yield SeriesLine(label, _series(values, label), given)
    if empty:
        raise DataError(f"{name} is empty: it needs at least one line.")


def _series(body: bytes, name: str) -> Iterator[Rows]:
    nested, lists = parse_list(body, name)
    return rows_of(lists, name, "" if nested else "row {}, column 1")


def _numbered_lines(parts: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the lines that are not blank, each with its number, some at a time."""
    before = 0
    for part in whole_lines(parts):
        lines = part.removesuffix(b"\n").split(b"\n")
        yield [(number, line) for number, line in enumerate(lines, before + 1) if line.strip()]
        before += len(lines)
