"""Comma-separated bytes <-> tables of floats.

`csv_cells.py` parses one part of whole lines, `csv_faults.py` describes its faults.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.errors import MAX_PLACES, DataError, HeaderError
from seriesbox.tables.csv_cells import SHORTCUT_BYTES, parse_lines, parse_plain_lines
from seriesbox.tables.csv_faults import Faults
from seriesbox.tables.lines import BLANKS, parts_of, whole_lines, with_newlines
from seriesbox.tables.stack_builder import build_table
from seriesbox.tables.table import Rows, Table

OTHER_FORMATS = {
    b"\x1f\x8b": "compressed by gzip",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def parse_csv(body: bytes, name: str, header: bool = False) -> Table:
    """Parse comma-separated numbers without an index, and with a header only if `header` is true.

    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted. Raises DataError that names up to twenty cells that are not finite numbers, and HeaderError
    if the header consists of numbers other than 0, 1, 2 ..., by which pandas names columns.
    """
    if len(body) <= SHORTCUT_BYTES and not header and (values := parse_plain_lines(body.rstrip(BLANKS))) is not None:
        return Table.of(values, name)
    return build_table(csv_rows(parts_of(body), name, header), name)


def csv_rows(parts: Iterable[bytes], name: str, header: bool = False) -> Iterator[Rows]:
    """Yield the rows of a file that comes in parts. Raises as `parse_csv` does, at the end or after many faults."""
    parts = iter(parts)
    first = next(parts, b"")
    for mark, what in OTHER_FORMATS.items():
        if first.startswith(mark):
            raise DataError(f"{name} is {what}, not plain text: give it as UTF-8 without compression.")
    faults = Faults(name)
    lines = whole_lines(with_newlines(chain([first], parts)))
    if header:
        names, _, rest = next(lines, b"").partition(b"\n")
        _check_header(names, name)
        lines = chain([rest] if rest else [], lines)
    for part in lines:
        if faults.places.count >= MAX_PLACES and len(part) > SHORTCUT_BYTES:  # the last line may come alone
            faults.unread = True
            break
        rows = parse_lines(part.removesuffix(b"\n"), faults)
        if rows:
            yield rows
    faults.check()
    if not faults.rows:
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
    row = parse_lines(names, Faults(name)) if names else None
    if row and not np.isnan(row[0]).any() and not np.array_equal(row[0], np.arange(len(row[0]))):
        shown = names[:20].decode()
        raise HeaderError(f"{name} should have a header, but its first row consists of numbers ({shown!r}).")
