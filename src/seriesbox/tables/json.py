"""JSON and JSON Lines -> tables of floats.

`json_lists.py` parses long lists in parts, `json_rows.py` makes rows of them. JSON has no line or column worth naming
in an error, so faults are named by row and place in the row, as in CSV.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from seriesbox.errors import DataError
from seriesbox.tables.json_lists import parse_line, parse_list, parse_long_line
from seriesbox.tables.json_rows import rows_of
from seriesbox.tables.lines import PART, parts_of, whole_lines
from seriesbox.tables.stack_builder import build_table
from seriesbox.tables.table import Rows, Table, equal_widths


def parse_rows(body: bytes, name: str) -> Table:
    """Parse a list of rows, or one row alone. Raises DataError that names what is no number, up to twenty places."""
    nested, lists = parse_list(body, name)
    if nested:
        return build_table(rows_of(lists, name), name, len(body))
    cells = build_table(rows_of(lists, name, "row 1, column {}"), name).values
    return Table(cells.reshape(1, -1), equal_widths(len(cells), 1), name)


def parse_row_lines(body: bytes, name: str) -> Table:
    """Parse one row a line. Raises DataError as `parse_rows` does."""
    return build_table(row_lines(parts_of(body), name), name, len(body))


def parse_series(body: bytes, name: str) -> Table:
    """Parse a list of rows, or of the numbers of one column. Raises DataError as `parse_rows` does."""
    return build_table(_series(body, name), name, len(body))


def parse_series_lines(body: bytes, name: str) -> Iterator[Table]:
    """Parse one series a line. Raises DataError as `parse_rows` does, once the line is reached."""
    return (build_table(rows, line) for line, rows in series_lines(parts_of(body), name))


def row_lines(parts: Iterable[bytes], name: str) -> Iterator[Rows]:
    """Yield the rows of a file that comes in parts. Raises DataError as `parse_rows` does, at the end."""
    return rows_of(_line_lists(parts), name)


def series_lines(parts: Iterable[bytes], name: str) -> Iterator[tuple[str, Iterator[Rows]]]:
    """Yield the name and the rows of every series of a file that comes in parts. Raises DataError as `parse_rows`."""
    empty = True
    for lines in _numbered_lines(parts):
        for number, line in lines:
            empty = False
            yield f"{name}, line {number}", _series(line, f"{name}, line {number}")
    if empty:
        raise DataError(f"{name} is empty: it needs at least one line.")


def _line_lists(parts: Iterable[bytes]) -> Iterator[list[Any]]:
    """Yield the values of lines, some at a time; long ones in parts."""
    for lines in _numbered_lines(parts):
        if any(len(line) > PART for _, line in lines):
            for _, line in lines:
                yield from parse_long_line(line) if len(line) > PART else [[parse_line(line)]]
        else:
            yield [parse_line(line) for _, line in lines]


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
