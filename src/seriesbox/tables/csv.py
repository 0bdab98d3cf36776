"""Comma-separated bytes <-> tables of floats.

`csv_cells.py` parses one part of whole lines, `csv_faults.py` finds its faults and `csv_report.py` words them.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.errors import MAX_PLACES, DataError, HeaderError
from seriesbox.tables.csv_cells import SHORTCUT_BYTES, parse_lines, parse_plain_lines
from seriesbox.tables.csv_faults import Faults
from seriesbox.tables.csv_header import counted_header_fault, is_counted
from seriesbox.tables.csv_report import check
from seriesbox.tables.lines import BLANKS, parts_of, whole_lines, with_newlines
from seriesbox.tables.other_formats import check_text
from seriesbox.tables.stack_builder import build_table
from seriesbox.tables.table import Rows, Table


def parse_csv(body: bytes, name: str, header: bool | None = None, gaps: bool = True) -> Table:
    """Parse comma-separated numbers without an index.

    header: whether the first row has the names of columns. If that is not known, it must be data.
    gaps: whether a cell may be empty, for the advice in messages.
    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted. Raises DataError that names up to twenty cells that are not finite numbers, and HeaderError
    if the header consists of numbers other than 0, 1, 2 ..., by which pandas names columns.
    """
    is_short = len(body) <= SHORTCUT_BYTES and not header and not (header is None and is_counted(body))
    if is_short and (values := parse_plain_lines(body.rstrip(BLANKS))) is not None:
        return Table.of(values, name)
    return build_table(csv_rows(parts_of(body), name, header, gaps), name, len(body))


def csv_rows(
    parts: Iterable[bytes], name: str, header: bool | None = None, gaps: bool = True, labelled: bool = False
) -> Iterator[Rows]:
    """Yield the rows of a file that comes in parts. Raises as `parse_csv` does, at the end or after many faults.

    labelled: whether the first column is a label, for the advice in messages.
    """
    parts = iter(parts)
    first = next(parts, b"")
    check_text(first, name)
    faults = Faults(name, gaps, labelled, rows=int(bool(header)), left_out=int(bool(header)))
    lines = whole_lines(with_newlines(chain([first], parts)), cut_long_lines=True)
    first = next(lines, b"")
    while header and first.endswith(b","):  # very many names
        first = next(lines)
    row, _, rest = first.partition(b"\n")
    if header:
        _check_header(row, name)
        first = rest
    elif header is None and is_counted(first.removesuffix(b",")):
        raise DataError(name + counted_header_fault(row))
    for part in chain([first] if first else [], lines):
        if faults.count >= MAX_PLACES and len(part) > SHORTCUT_BYTES:  # the last line may come alone
            faults.unread = True
            break
        rows = parse_lines(part, faults)
        if rows:
            yield rows
    check(faults)
    if faults.rows == faults.left_out:
        raise DataError(f"{name} is empty: it needs at least one row of numbers.")


def write_csv(values: NDArray[np.floating]) -> bytes:
    """Write (N, D) as comma-separated rows, each ended by one newline; NaN is an empty cell.

    Every number is printed with the fewest digits that read back as the same one of its type.
    """
    if not len(values):
        return b""
    rows = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return rows[2:-2].replace(b"],[", b"\n").replace(b"null", b"") + b"\n"


def _check_header(names: bytes, name: str) -> None:
    """Raise HeaderError if the names are a row of data: if a file was cut, only its first part has the header."""
    row = parse_lines(names + b"\n", Faults(name)) if names else None
    if row and not np.isnan(row[0]).any() and not np.array_equal(row[0], np.arange(len(row[0]))):
        shown = names[:20].decode()
        raise HeaderError(f"{name} should have a header, but its first row consists of numbers ({shown!r}).")
