"""Comma-separated bytes <-> tables of floats.

One way in for any shape: every cell is put on a line of its own, parsed as one long column by pandas' C parser, and
laid out again by the width of each row. Rows of different lengths, one column or a million are all the same to it. It
works on pieces, so that memory holds the numbers and the copies of one piece. A small piece of plain numbers takes a
shortcut of a hundredth of the time.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.errors import PLACES, DataError, Places
from seriesbox.tables.blocks import blocks
from seriesbox.tables.pieces import BLANKS, BYTE_ORDER_MARK, parts_of, unix, whole_lines
from seriesbox.tables.table import LARGEST, Cells, Piece, Table, Widths, table_of, uniform

MISSING = ["", "nan", "NaN", "NAN"]
BOOLEANS = [b"True", b"TRUE", b"true", b"False", b"FALSE", b"false"]  # pandas would take them for 1 and 0
SMALL = 100_000  # bytes up to which the shortcut is tried


def parse_csv(body: bytes, name: str, header: bool = False) -> Table:
    """Parse comma-separated numbers without index, and without header unless there is said to be one.

    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted. Raises DataError that names every cell (up to twenty) that is not a finite number; or says
    that what should be a header is numbers, other than those with which pandas names columns.
    """
    if len(body) <= SMALL and not header and (values := _shortcut(body.rstrip(BLANKS))) is not None:
        return Table.of(values, name)
    return table_of(csv_rows(parts_of(body), name, header), name)


def csv_rows(parts: Iterable[bytes], name: str, header: bool = False) -> Iterator[Piece]:
    """The rows of a file that comes in parts. Raises DataError as `parse_csv` does, at the end or after many faults."""
    parts = iter(parts)
    first = next(parts, b"")
    for mark, what in _FOREIGN.items():
        if first.startswith(mark):
            raise DataError(f"{name} is {what}, not plain text: give it as UTF-8 without compression.")
    faults = _Faults(name)
    pieces = whole_lines(unix(chain([first], parts)))
    if header:
        names, _, rest = next(pieces, b"").partition(b"\n")
        _check_header(names, name)
        pieces = chain([rest] if rest else [], pieces)
    for piece in pieces:
        if faults.places.count >= PLACES and len(piece) > SMALL:  # the last line may be a piece of its own
            faults.unread = True
            break
        rows = _rows(piece.removesuffix(b"\n"), faults)
        if rows:
            yield rows
    faults.check()
    if not faults.rows:
        raise DataError(f"{name} is empty: it needs at least one row of numbers.")


def write_csv(values: NDArray[np.floating]) -> bytes:
    """(N, D) -> comma-separated rows, each ended by one newline; NaN is an empty cell.

    Every number is printed with the fewest digits that read back as the same one of its type.
    """
    if not len(values):
        return b""
    rows = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return rows[2:-2].replace(b"],[", b"\n").replace(b"null", b"") + b"\n"


_FOREIGN = {
    b"\x1f\x8b": "compressed by gzip",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "a Parquet file",
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


def _check_header(names: bytes, name: str) -> None:
    """Raise DataError where they are a row of data: a batch job cuts files into parts, of which one has the header."""
    row = _rows(names, _Faults(name)) if names else None
    if row and not np.isnan(row[0]).any() and not np.array_equal(row[0], np.arange(len(row[0]))):
        raise DataError(
            f"{name} is said to have a header, but its first row is numbers ({names[:20].decode()!r}): leave `header` "
            "out of the content type, or set SplitType to None where a batch job cuts files into parts."
        )


def _shortcut(body: bytes) -> Cells | None:
    """The numbers of a rectangular piece that is valid JSON between its separators; None where it is not."""
    if body.translate(None, b"0123456789+-.eE,\n"):
        return None
    try:
        values = np.array(orjson.loads(b"[[" + body.replace(b"\n", b"],[") + b"]]"), dtype=np.float64)
    except ValueError:  # empty cells, rows of different lengths, numbers that JSON writes otherwise
        return None
    return values if values.ndim == 2 and values.size and (np.abs(values) <= LARGEST).all() else None


def _rows(piece: bytes, faults: "_Faults") -> Piece | None:
    """The cells and the widths of one piece; None where a cell is no number, which is noted among the faults."""
    if len(piece) <= SMALL and (values := _shortcut(piece)) is not None:
        faults.rows += len(values)
        return values.reshape(-1), uniform(values.shape[1], len(values))
    piece = _plain(piece)
    widths = _row_widths(piece)
    cells = _column(piece.replace(b",", b"\n") + b"\n", widths, faults)
    return None if cells is None else (cells, widths)


def _plain(piece: bytes) -> bytes:
    """The piece without quotes around cells, and blanks around those."""
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


def _column(cells: bytes, widths: Widths, faults: "_Faults") -> Cells | None:
    """The numbers of cells that are on a line each."""
    import pandas as pd  # here, because a server that is asked for few rows at a time never needs it

    try:
        if cells.startswith(BYTE_ORDER_MARK):  # pandas would leave it out
            raise ValueError
        column = pd.read_csv(io.BytesIO(cells), **_ONE_COLUMN)["cell"].array.to_numpy()
    except ValueError:  # a cell that is no number, or bytes that are no text
        column = np.empty(0)
    if len(column) != widths.sum() or (np.abs(column) > LARGEST).any() or any(word in cells for word in BOOLEANS):
        faults.find(cells, widths)
        return None
    faults.rows += len(widths)
    return column


class _Faults:
    """The cells that are not finite numbers, found the slow way, which is taken only once something is wrong."""

    def __init__(self, name: str):
        self.name = name
        self.rows = 0  # before the piece at hand
        self.places = Places()
        self.unreadable = False
        self.unread = False  # is what follows
        self.first = ""
        self.separators = {";": "semicolons", "\t": "tabs"}  # those that every one has
        self.header: str | None = None  # the first cell, as long as the faults are the first row, and names

    def find(self, cells: bytes, widths: Widths) -> None:
        """Note the faults of one piece."""
        import pandas as pd

        texts = pd.Series(cells.decode("utf-8", errors="replace").split("\n")[:-1]).str.lstrip(" ")
        no_boolean = texts.mask(texts.str.lower().isin(["true", "false"]), "no number")
        some = (no_boolean[rows] for rows in blocks(len(texts), 1))  # pandas holds the interpreter for as long
        numbers = np.concatenate([pd.to_numeric(each, errors="coerce") for each in some])
        wrong = np.flatnonzero(~(np.abs(numbers) <= LARGEST) & ~texts.isin(MISSING).to_numpy())
        self.unreadable |= not len(wrong)
        if not self.places.count and len(wrong):
            self.first = texts[wrong[0]]
            if not self.rows and list(wrong) == list(range(widths[0])) and texts[wrong].str.match(_COLUMN_NAME).all():
                self.header = texts[0]
        elif len(wrong):
            self.header = None
        for letter in list(self.separators):
            if not texts[wrong].str.contains(letter, regex=False).all():
                del self.separators[letter]
        row_ends, before = widths.cumsum(dtype=np.int64), self.rows

        def named(cell: int) -> str:
            row = int(np.searchsorted(row_ends, cell, side="right"))
            column = cell - row_ends[row] + widths[row] + 1
            return f"row {before + row + 1}, column {column} is {texts[cell][:20]!r}"

        self.places.add(len(wrong), (named(int(cell)) for cell in wrong))
        self.rows += len(widths)

    def check(self) -> None:
        """Raise DataError where anything was found."""
        if self.places.count and self.separators:
            separators = next(iter(self.separators.values()))
            raise DataError(
                f"{self.name} is separated by {separators} ({self.first[:20]!r}): use commas between cells and points "
                "for decimals."
            )
        if self.header is not None:
            raise DataError(f"{self.name} starts with a header ({self.header[:20]!r} in row 1): remove it.")
        if self.places.count:
            what = f"{self.name} has cells that are not numbers up to 3.4e38, write such or leave them empty: "
            raise DataError(
                what, self.places, f"; what follows row {self.rows} was not checked." if self.unread else "."
            )
        if self.unreadable:
            raise DataError(f"{self.name} cannot be read as comma-separated numbers.")


_COLUMN_NAME = r"(?i)(?!n/?a$|null$|none$|missing$|inf(inity)?$|true$|false$)[^\W\d]"
