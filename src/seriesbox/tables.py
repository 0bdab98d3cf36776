"""CSV bytes <-> tables of floats.

One way in for any shape: every cell is put on a line of its own, parsed as one long column by pandas' C parser, and
laid out again by the width of each row. Rows of different lengths, one column or a million are all the same to it.
"""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from seriesbox.errors import DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8, as spreadsheets write it
MISSING = ["", "nan", "NaN", "NAN"]
BOOLEANS = [b"True", b"TRUE", b"true", b"False", b"FALSE", b"false"]  # pandas would take them for 1 and 0
LARGEST = 3.4028235e38  # of float32, in which answers are written
FAULTS_SHOWN = 20
# Shorter rows are padded to the longest one: refused where that is so many times the cells given, and many in all.
MOST_PADDING, LEAST_CELLS = 20, 10_000_000


@dataclass(frozen=True)
class Table:
    """Rows of numbers, and where they came from.

    values: (N, D) float64, so that a small change on a large offset survives until it is scaled; a missing cell is NaN,
        and so is every cell beyond the end of a shorter row.
    widths: (N,) how many cells, empty ones included, each row was written with.
    name: what error messages call it: a file's name, "the request".
    """

    values: NDArray[np.float64]
    widths: NDArray[np.int64]
    name: str = "the table"

    @classmethod
    def of(cls, values: NDArray[np.floating], name: str = "the table") -> "Table":
        """A rectangular table of an array of shape (N, D)."""
        return cls(values.astype(np.float64), np.full(len(values), values.shape[1]), name)


def read_csv(path: Path, name: str) -> Table:
    """Read one file; see `parse_csv`."""
    return parse_csv(path.read_bytes(), name)


def parse_csv(body: bytes, name: str) -> Table:
    """Parse comma-separated numbers without header or index.

    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted. Raises DataError that names every cell (up to twenty) that is not a finite number.
    """
    for mark, what in _FOREIGN.items():
        if body.startswith(mark):
            raise DataError(f"{name} is {what}, not plain text: give it as UTF-8 without compression.")
    if not body.strip(BYTE_ORDER_MARK + b" \t\r\n"):
        raise DataError(f"{name} is empty: it needs at least one row of numbers.")
    body = _plain(body)
    widths = _row_widths(body)
    cells = body.replace(b",", b"\n") + b"\n"
    try:
        column = pd.read_csv(io.BytesIO(cells), **_ONE_COLUMN)["cell"].array.to_numpy()
    except ValueError:  # a cell that is no number, or bytes that are no text
        raise _not_numbers(cells, widths, name) from None
    if len(column) != widths.sum() or (np.abs(column) > LARGEST).any() or any(word in cells for word in BOOLEANS):
        raise _not_numbers(cells, widths, name)
    return Table(_lay_out(column, widths, name), widths, name)


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


def _plain(body: bytes) -> bytes:
    """The body without byte-order mark, carriage returns, quotes around cells, blanks behind them, blank last lines."""
    body = body.removeprefix(BYTE_ORDER_MARK)
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b" " in body or b"\t" in body:  # possessive, so that a long run of blanks is passed once
        body = re.sub(rb"(?<![ \t])[ \t]++(?=[,\n]|$)|(?<=[,\n])[ \t]++", b"", body).lstrip(b" \t")
    body = body.rstrip(b"\n")  # before the quotes go: a quoted nothing is a row
    if b'"' in body:
        body = re.sub(rb'(?:(?<=[,\n])|^)"([^",\n]*)"(?=[,\n]|$)', rb"\1", body)
        body = re.sub(rb"(?<![ \t])[ \t]++(?=[,\n]|$)", b"", body)
    return body


def _row_widths(body: bytes) -> NDArray[np.int64]:
    letters = np.frombuffer(body, np.uint8)
    separators = letters[(letters == ord(",")) | (letters == ord("\n"))]
    row_ends = np.append(np.flatnonzero(separators == ord("\n")), len(separators))
    return np.diff(row_ends, prepend=-1)


def _lay_out(column: NDArray[np.float64], widths: NDArray[np.int64], name: str) -> NDArray[np.float64]:
    widest = int(widths.max())
    if (widths == widest).all():
        return column.reshape(len(widths), widest)
    if len(widths) * widest > max(MOST_PADDING * len(column), LEAST_CELLS):
        raise DataError(
            f"{name}: row {int(widths.argmax()) + 1} has {widest} cells, far more than the others, which would all be "
            "padded to that: cut it, or give long and short rows to jobs of their own."
        )
    values = np.full((len(widths), widest), np.nan)
    values[np.arange(widest) < widths[:, None]] = column
    return values


def _not_numbers(cells: bytes, widths: NDArray[np.int64], name: str) -> DataError:
    """The error that names each cell which is not a finite number; the slow way, taken only once something is wrong."""
    texts = pd.Series(cells.decode("utf-8", errors="replace").split("\n")[:-1]).str.lstrip(" ")
    numbers = pd.to_numeric(
        texts.mask(texts.str.lower().isin(["true", "false"]), "no number"), errors="coerce"
    ).to_numpy()
    wrong = np.flatnonzero(~(np.abs(numbers) <= LARGEST) & ~texts.isin(MISSING).to_numpy())
    if not len(wrong):
        return DataError(f"{name} cannot be read as comma-separated numbers.")
    if texts[wrong].str.contains(";").all():
        return DataError(
            f"{name} is separated by semicolons ({texts[wrong[0]][:20]!r}): use commas between cells and points for "
            "decimals."
        )
    if len(wrong) == widths[0] and wrong[-1] == widths[0] - 1 and texts[wrong].str.match(_COLUMN_NAME).all():
        return DataError(f"{name} starts with a header ({texts[0][:20]!r} in row 1): remove it.")
    row_ends = widths.cumsum()
    shown = []
    for cell in wrong[:FAULTS_SHOWN]:
        row = int(np.searchsorted(row_ends, cell, side="right"))
        shown.append(f"row {row + 1}, column {cell - row_ends[row] + widths[row] + 1} is {texts[cell][:20]!r}")
    more = f"; and {len(wrong) - FAULTS_SHOWN} more" if len(wrong) > FAULTS_SHOWN else ""
    return DataError(
        f"{name} has cells that are not numbers up to 3.4e38, write such or leave them empty: {'; '.join(shown)}{more}."
    )


_COLUMN_NAME = r"(?i)(?!n/?a$|null$|none$|missing$|inf(inity)?$|true$|false$)[^\W\d]"
