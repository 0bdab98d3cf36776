"""Lines of comma-separated cells -> rows of numbers.

Every cell is put on a line of its own, parsed as one long column by pandas' C parser, and laid out again by the width
of each row. Rows of different lengths, one column or a million are all the same to it. A small part of plain numbers
takes a shortcut of a hundredth of the time.
"""

import csv
import io
import re

import numpy as np
import orjson

from seriesbox.tables.csv_faults import Faults
from seriesbox.tables.csv_texts import MISSING
from seriesbox.tables.lines import BYTE_ORDER_MARK
from seriesbox.tables.table import LARGEST, Cells, Rows, Widths, equal_widths

BOOLEANS = [b"True", b"TRUE", b"true", b"False", b"FALSE", b"false"]  # pandas would take them for 1 and 0
SHORTCUT_BYTES = 100_000  # parts of at most this size take the shortcut if they can
ONE_COLUMN = {
    "header": None,
    "names": ["cell"],
    "dtype": np.float64,
    "quoting": csv.QUOTE_NONE,
    "skip_blank_lines": False,
    "skipinitialspace": True,
    "keep_default_na": False,
    "na_values": MISSING,
}


def parse_lines(part: bytes, faults: Faults) -> Rows | None:
    """Return the rows of a part of `whole_lines`; None if a cell is no number, which is added to the faults."""
    lines, is_cut = part[:-1], part.endswith(b",")
    before = faults.cells_before
    is_whole = not is_cut and not before
    if is_whole and len(lines) <= SHORTCUT_BYTES and (values := parse_plain_lines(lines)) is not None:
        rows = values.reshape(-1), equal_widths(values.shape[1], len(values))
        faults.add_fine(*rows)
        return rows
    lines = _without_blanks(lines)
    if is_whole:
        faults.find_blank_lines(lines)
    lines = _without_quotes(lines)
    widths = _row_widths(lines)
    cells = _column(lines.replace(b",", b"\n") + b"\n", widths, faults, is_cut)
    if cells is None:
        return None
    if before:
        widths[0] += before
    return cells, widths[:0] if is_cut else widths


def parse_plain_lines(lines: bytes) -> Cells | None:
    """Return (N, D) numbers if the lines are a rectangle of plain numbers in JSON's writing, else None."""
    if lines.translate(None, b"0123456789+-.eE,\n"):
        return None
    try:
        values = np.array(orjson.loads(b"[[" + lines.replace(b"\n", b"],[") + b"]]"), dtype=np.float64)
    except ValueError:  # empty cells, rows of different lengths, numbers that JSON writes otherwise
        return None
    return values if values.ndim == 2 and values.size and (np.abs(values) <= LARGEST).all() else None


def _without_blanks(lines: bytes) -> bytes:
    """Remove blanks around cells."""
    if b" " in lines or b"\t" in lines:  # possessive, so that a long run of blanks is passed once
        lines = re.sub(rb"(?<![ \t])[ \t]++(?=[,\n]|$)|(?<=[,\n])[ \t]++", b"", lines).lstrip(b" \t")
    return lines


def _without_quotes(lines: bytes) -> bytes:
    """Remove quotes around cells, and blanks before the closing ones."""
    if b'"' in lines:
        lines = re.sub(rb'(?:(?<=[,\n])|^)"([^",\n]*)"(?=[,\n]|$)', rb"\1", lines)
        lines = re.sub(rb"(?<![ \t])[ \t]++(?=[,\n]|$)", b"", lines)
    return lines


def _row_widths(lines: bytes) -> Widths:
    codes = np.frombuffer(lines, np.uint8)
    separators = codes[(codes == ord(",")) | (codes == ord("\n"))]
    row_ends = np.append(np.flatnonzero(separators == ord("\n")), len(separators))
    return np.diff(row_ends, prepend=-1).astype(np.int32)


def _column(cells: bytes, widths: Widths, faults: Faults, is_cut: bool) -> Cells | None:
    """Return the numbers of cells that are on a line each; None if one is no number."""
    import pandas as pd  # here, because a server that is asked for few rows at a time never needs it

    try:
        if cells.startswith(BYTE_ORDER_MARK):  # pandas would leave it out
            raise ValueError
        column = pd.read_csv(io.BytesIO(cells), **ONE_COLUMN)["cell"].array.to_numpy()
    except ValueError:  # a cell that is no number, or bytes that are no text
        column = np.empty(0)
    if len(column) != widths.sum() or (np.abs(column) > LARGEST).any() or any(word in cells for word in BOOLEANS):
        faults.find(cells, widths, is_cut)
        return None
    faults.add_fine(column, widths, is_cut)
    return column
