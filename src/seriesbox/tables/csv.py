"""Comma-separated bytes <-> tables of floats.

One way in for any shape: every cell is put on a line of its own, parsed as one long column by pandas' C parser, and
laid out again by the width of each row. Rows of different lengths, one column or a million are all the same to it. It
works on pieces of the body, so that memory holds the body, the numbers, and the copies of one piece. A small body of
plain numbers takes a shortcut of a hundredth of the time.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.tables.table import BYTE_ORDER_MARK, FAULTS_SHOWN, LARGEST, Table, shown

MISSING = ["", "nan", "NaN", "NAN"]
BOOLEANS = [b"True", b"TRUE", b"true", b"False", b"FALSE", b"false"]  # pandas would take them for 1 and 0
PIECE = 8_000_000  # bytes that are parsed at once
SMALL = 100_000  # bytes up to which the shortcut is tried
BLANKS = b" \t\r\n"

Numbers = NDArray[np.float64]
Widths = NDArray[np.int32]


def read_csv(path: Path, name: str) -> Table:
    """Read one file; see `parse_csv`."""
    return parse_csv(path.read_bytes(), name)


def parse_csv(body: bytes, name: str, header: bool = False) -> Table:
    """Parse comma-separated numbers without index, and without header unless there is said to be one.

    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted. Raises DataError that names every cell (up to twenty) that is not a finite number.
    """
    for mark, what in _FOREIGN.items():
        if body.startswith(mark):
            raise DataError(f"{name} is {what}, not plain text: give it as UTF-8 without compression.")
    start, end = len(BYTE_ORDER_MARK) if body.startswith(BYTE_ORDER_MARK) else 0, _end(body)
    if header:
        line_end = _LINE_END.search(body, start, end)
        start = line_end.end() if line_end else end
    if start >= end:
        raise DataError(f"{name} is empty: it needs at least one row of numbers.")
    if end - start <= SMALL and (values := _shortcut(body[start:end])) is not None:
        return Table.of(values, name)

    most_rows = 1 + body.count(b"\n", start, end) + body.count(b"\r", start, end)
    widths, rows = np.empty(most_rows, np.int32), 0
    cells, count = np.empty(most_rows + body.count(b",", start, end)), 0  # memory is taken where it is written to
    faults = _Faults(name)
    for piece in _pieces(body, start, end):
        piece = _plain(piece)
        of_piece = _row_widths(piece)
        column = _column(piece.replace(b",", b"\n") + b"\n", of_piece, faults)
        widths[rows : rows + len(of_piece)] = of_piece
        cells[count : count + len(column)] = column
        rows, count = rows + len(of_piece), count + len(column)
    faults.check()
    return Table.laid_out(cells[:count], widths[:rows], name)


def write_csv(values: NDArray[np.floating]) -> bytes:
    """(N, D) -> comma-separated rows, each ended by one newline; NaN is an empty cell.

    Every number is printed with the fewest digits that read back as the same one of its type.
    """
    if not len(values):
        return b""
    rows = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return rows[2:-2].replace(b"],[", b"\n").replace(b"null", b"") + b"\n"


_LINE_END = re.compile(rb"\r\n|\r|\n")
_FOREIGN = {
    b"\x1f\x8b": "compressed by gzip",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_ONE_COLUMN = {
    "header": None,
    "names": ["cell"],
    "dtype": np.float64,
    "quoting": csv.QUOTE_NONE,
    "skip_blank_lines": False,
    "skipinitialspace": True,
    "keep_default_na": False,
    "na_values": MISSING,
}


def _end(body: bytes) -> int:
    """Where the blanks at the end of the body begin."""
    end = len(body)
    while end and body[end - 1] in BLANKS:
        tail = body[max(0, end - 10_000) : end]
        end -= len(tail) - len(tail.rstrip(BLANKS))
    return end


def _pieces(body: bytes, start: int, end: int) -> Iterator[bytes]:
    """The body in pieces of whole lines, without the newline behind the last of them."""
    while start < end:
        cut = body.find(b"\n", start + PIECE, end) if end - start > PIECE else -1
        cut = end if cut < 0 else cut
        yield body[start:cut].removesuffix(b"\r")
        start = cut + 1


def _shortcut(body: bytes) -> Numbers | None:
    """The numbers of a rectangular body that is valid JSON between its separators; None where it is not."""
    if body.translate(None, b"0123456789+-.eE,\n"):
        return None
    try:
        values = np.array(orjson.loads(b"[[" + body.replace(b"\n", b"],[") + b"]]"), dtype=np.float64)
    except ValueError:  # empty cells, rows of different lengths, numbers that JSON writes otherwise
        return None
    return values if values.ndim == 2 and (np.abs(values) <= LARGEST).all() else None


def _plain(piece: bytes) -> bytes:
    """The piece without carriage returns, quotes around cells, and blanks around those."""
    if b"\r" in piece:
        piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b" " in piece or b"\t" in piece:  # possessive, so that a long run of blanks is passed once
        piece = re.sub(rb"(?<![ \t])[ \t]++(?=[,\n]|$)|(?<=[,\n])[ \t]++", b"", piece).lstrip(b" \t")
    if b'"' in piece:
        piece = re.sub(rb'(?:(?<=[,\n])|^)"([^",\n]*)"(?=[,\n]|$)', rb"\1", piece)
        piece = re.sub(rb"(?<![ \t])[ \t]++(?=[,\n]|$)", b"", piece)
    return piece


def _row_widths(piece: bytes) -> Widths:
    letters = np.frombuffer(piece, np.uint8)
    separators = letters[(letters == ord(",")) | (letters == ord("\n"))]
    row_ends = np.append(np.flatnonzero(separators == ord("\n")), len(separators))
    return np.diff(row_ends, prepend=-1).astype(np.int32)


def _column(cells: bytes, widths: Widths, faults: "_Faults") -> Numbers:
    """The numbers of one piece; what is none is noted among the faults."""
    import pandas as pd  # here, because a server that is asked for few rows at a time never needs it

    try:
        column = pd.read_csv(io.BytesIO(cells), **_ONE_COLUMN)["cell"].array.to_numpy()
    except ValueError:  # a cell that is no number, or bytes that are no text
        column = np.empty(0)
    if len(column) != widths.sum() or (np.abs(column) > LARGEST).any() or any(word in cells for word in BOOLEANS):
        faults.find(cells, widths)
        return np.empty(0)
    faults.rows += len(widths)
    return column


class _Faults:
    """The cells that are not finite numbers, found the slow way, which is taken only once something is wrong."""

    def __init__(self, name: str):
        self.name = name
        self.rows = 0  # before the piece at hand
        self.count = 0
        self.shown: list[str] = []
        self.unreadable = False
        self.semicolons: str | None = None  # the first cell, as long as every one has a semicolon
        self.header: str | None = None  # the first cell, as long as the faults are the first row, and names

    def find(self, cells: bytes, widths: Widths) -> None:
        """Note the faults of one piece."""
        import pandas as pd

        texts = pd.Series(cells.decode("utf-8", errors="replace").split("\n")[:-1]).str.lstrip(" ")
        no_boolean = texts.mask(texts.str.lower().isin(["true", "false"]), "no number")
        numbers = pd.to_numeric(no_boolean, errors="coerce").to_numpy()
        wrong = np.flatnonzero(~(np.abs(numbers) <= LARGEST) & ~texts.isin(MISSING).to_numpy())
        self.unreadable |= not len(wrong)
        if not self.count and len(wrong):
            self.semicolons = texts[wrong[0]]
            if not self.rows and list(wrong) == list(range(widths[0])) and texts[wrong].str.match(_COLUMN_NAME).all():
                self.header = texts[0]
        elif len(wrong):
            self.header = None
        if not texts[wrong].str.contains(";").all():
            self.semicolons = None
        row_ends = widths.cumsum(dtype=np.int64)
        for cell in wrong[: FAULTS_SHOWN - len(self.shown)]:
            row = int(np.searchsorted(row_ends, cell, side="right"))
            column = cell - row_ends[row] + widths[row] + 1
            self.shown.append(f"row {self.rows + row + 1}, column {column} is {texts[cell][:20]!r}")
        self.count += len(wrong)
        self.rows += len(widths)

    def check(self) -> None:
        """Raise DataError where anything was found."""
        if self.semicolons is not None:
            raise DataError(
                f"{self.name} is separated by semicolons ({self.semicolons[:20]!r}): use commas between cells and "
                "points for decimals."
            )
        if self.header is not None:
            raise DataError(f"{self.name} starts with a header ({self.header[:20]!r} in row 1): remove it.")
        if self.count:
            raise DataError(
                f"{self.name} has cells that are not numbers up to 3.4e38, write such or leave them empty: "
                f"{shown(self.shown, self.count)}."
            )
        if self.unreadable:
            raise DataError(f"{self.name} cannot be read as comma-separated numbers.")


_COLUMN_NAME = r"(?i)(?!n/?a$|null$|none$|missing$|inf(inity)?$|true$|false$)[^\W\d]"
