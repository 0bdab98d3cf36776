"""CSV bytes <-> tables of floats.

One way in for any shape: every cell is put on a line of its own, parsed as one long column by pandas' C parser, and
laid out again by the width of each row. Rows of different lengths, one column or a million are all the same to it.
"""

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from seriesbox.errors import DataError

MISSING = ["", "nan", "NaN", "NAN"]
FAULTS_SHOWN = 20


@dataclass(frozen=True)
class Table:
    """Rows of numbers, and where they came from.

    values: (N, D) float32; a missing cell is NaN, and so is every cell beyond the end of a shorter row.
    widths: (N,) how many cells, empty ones included, each row was written with.
    name: what error messages call it: a file's name, "the request".
    """

    values: NDArray[np.float32]
    widths: NDArray[np.int64]
    name: str = field(default="the table")

    @classmethod
    def of(cls, values: NDArray[np.float32], name: str = "the table") -> "Table":
        """A rectangular table of an array of shape (N, D)."""
        return cls(values, np.full(len(values), values.shape[1]), name)


def read_csv(path: Path, name: str) -> Table:
    """Read one file; see `parse_csv`."""
    return parse_csv(path.read_bytes(), name)


def parse_csv(body: bytes, name: str) -> Table:
    """Parse comma-separated numbers without header or index.

    An empty cell or `nan` is missing. A byte-order mark, Windows line ends, quotes around a number and blank lines at
    the end are accepted. Raises DataError that names every cell (up to twenty) that is not a finite number.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    body = body.rstrip(b"\n ")
    if not body:
        raise DataError(f"{name} is empty: it needs at least one row of numbers.")
    widths = _row_widths(body)
    cells = body.replace(b",", b"\n") + b"\n"
    try:
        with np.errstate(over="ignore"):  # a number too large for float32 becomes infinite, and is named below
            column = pd.read_csv(io.BytesIO(cells), dtype=np.float32, **_ONE_COLUMN)["cell"].array.to_numpy()
    except ValueError:  # a cell that is no number, or bytes that are no text
        raise _not_numbers(cells, widths, name) from None
    if len(column) != widths.sum() or np.isinf(column).any():
        raise _not_numbers(cells, widths, name)
    return Table(_lay_out(column, widths), widths, name)


def write_csv(values: NDArray[np.float32]) -> bytes:
    """(N, D) -> comma-separated rows, each ended by one newline; NaN is an empty cell.

    Every number is printed with the fewest digits that read back as the same float32.
    """
    if not len(values):
        return b""
    rows = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return rows[2:-2].replace(b"],[", b"\n").replace(b"null", b"") + b"\n"


_ONE_COLUMN = {
    "header": None,
    "names": ["cell"],
    "skip_blank_lines": False,
    "skipinitialspace": True,
    "keep_default_na": False,
    "na_values": MISSING,
}


def _row_widths(body: bytes) -> NDArray[np.int64]:
    letters = np.frombuffer(body, np.uint8)
    separators = letters[(letters == ord(",")) | (letters == ord("\n"))]
    row_ends = np.append(np.flatnonzero(separators == ord("\n")), len(separators))
    return np.diff(row_ends, prepend=-1)


def _lay_out(column: NDArray[np.float32], widths: NDArray[np.int64]) -> NDArray[np.float32]:
    widest = widths.max()
    if (widths == widest).all():
        return column.reshape(len(widths), widest)
    values = np.full((len(widths), widest), np.nan, np.float32)
    values[np.arange(widest) < widths[:, None]] = column
    return values


def _not_numbers(cells: bytes, widths: NDArray[np.int64], name: str) -> DataError:
    """The error that names each cell which is not a finite number; the slow way, taken only once something is wrong."""
    texts = pd.Series(cells.decode("utf-8", errors="replace").split("\n")[:-1]).str.strip().str.strip('"').str.strip()
    with np.errstate(over="ignore"):
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float32)
    wrong = np.flatnonzero(~np.isfinite(numbers) & ~texts.isin(MISSING).to_numpy())
    if not len(wrong):
        return DataError(f"{name} cannot be read as comma-separated numbers: check its quotes; none are needed.")
    row_ends = widths.cumsum()
    rows = np.searchsorted(row_ends, wrong, side="right")
    columns = wrong - (row_ends - widths)[rows]
    if rows[0] == 0 and (rows == 0).sum() == widths[0]:
        if widths[0] == 1 and ";" in texts[0]:
            return DataError(f"{name} is separated by semicolons: use commas between cells and points for decimals.")
        return DataError(f"{name} starts with a header ({texts[0][:40]!r} in row 1): remove it.")
    shown = [
        f"row {row + 1}, column {column + 1} is {texts[cell][:40]!r}"
        for cell, row, column in zip(wrong[:FAULTS_SHOWN], rows[:FAULTS_SHOWN], columns[:FAULTS_SHOWN], strict=True)
    ]
    more = f", and {len(wrong) - FAULTS_SHOWN} more" if len(wrong) > FAULTS_SHOWN else ""
    return DataError(
        f"{name} has cells that are not finite numbers: {'; '.join(shown)}{more}. Write numbers or leave them empty."
    )
