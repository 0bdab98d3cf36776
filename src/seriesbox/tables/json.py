"""JSON and JSON Lines <-> tables of floats.

JSON has no line or column worth naming in an error, so faults are named by row and place in the row, as in CSV.
A number is many times larger as a Python object than in its text, so a large body is parsed in pieces.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.tables.table import BYTE_ORDER_MARK, FAULTS_SHOWN, LARGEST, Table, shown

NUMBERS = {int, float, type(None)}
PIECE = 4_000_000  # bytes that are parsed at once, where that can be


def parse_json(body: bytes, name: str) -> Any:
    """One JSON value. Raises DataError."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        hint = "; a missing value is null" if b"NaN" in body else ""
        raise DataError(f"{name} is not JSON: {error}{hint}.") from None


def parse_rows(body: bytes, name: str) -> Table:
    """A list of rows, or one row alone. Raises DataError that names everything that is no number, up to twenty."""
    pieces = _list(body, name)
    return _table((piece if _nested(piece) else [piece] for piece in pieces), name)


def parse_row_lines(body: bytes, name: str) -> Table:
    """One row a line. Raises DataError as `parse_rows` does."""
    return _table(_lines(body, name), name)


def parse_series(body: bytes, name: str) -> Table:
    """A list of rows, or of the numbers of one column. Raises DataError as `parse_rows` does."""
    pieces = _list(body, name, of_numbers=True)
    return _table((piece if _nested(piece) else [[cell] for cell in piece] for piece in pieces), name)


def parse_series_lines(body: bytes, name: str) -> list[Table]:
    """One series a line. Raises DataError as `parse_rows` does."""
    lines = ((number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip())
    series = [parse_series(line, f"{name}, line {number}") for number, line in lines]
    if not series:
        raise DataError(_EMPTY.format(name))
    return series


def write_json(values: NDArray[np.floating]) -> bytes:
    """(N, D) -> a list of lists, NaN as null, without the outer brackets: pieces of a table can be joined by commas."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]


_EMPTY = "{} is empty: it needs at least one line."
_PLAIN = b"0123456789+-.eE,[]nul \t\r\n"  # deleted, it leaves nothing of a list of lists of numbers and nulls
_COMMA = re.compile(rb"[ \t\r\n]*,")


def _list(body: bytes, name: str, of_numbers: bool = False) -> Iterator[list[Any]]:
    """The elements of a list, a piece at a time where they are lists, or numbers that may be told apart."""
    text = body.removeprefix(BYTE_ORDER_MARK).strip()
    count = 0
    if len(text) > PIECE and text[:1] + text[-1:] == b"[]" and not text.translate(None, _PLAIN):
        nested = text.find(b"[", 1) >= 0
        start, end = 1, len(text) - 1
        while nested or of_numbers:
            found = text.find(b"]" if nested else b",", start + PIECE, end)
            cut = end if found < 0 else found + nested
            try:
                piece = orjson.loads(b"[%b]" % text[start:cut])
            except orjson.JSONDecodeError:
                break
            comma = _COMMA.match(text, cut)
            if not piece or (cut < end and not comma):
                break
            yield piece
            if not comma:
                return
            count += len(piece)
            start = comma.end()
    whole = parse_json(text, name)  # small, or not as plain as it seemed: it will be said where
    if not isinstance(whole, list) or not whole:
        raise DataError(f"{name} must be a list of lists of numbers, not {_brief(whole)}.")
    yield whole[count:]


def _lines(body: bytes, name: str) -> Iterator[list[Any]]:
    """The values of the lines that are not blank, a piece at a time."""
    text, number, start = body.removeprefix(BYTE_ORDER_MARK), 0, 0
    while start < len(text):
        cut = text.find(b"\n", start + PIECE)
        lines = text[start : cut if cut >= 0 else len(text)].split(b"\n")
        start = cut + 1 if cut >= 0 else len(text)
        yield [parse_json(line, f"{name}, line {at}") for at, line in enumerate(lines, number + 1) if line.strip()]
        number += len(lines)


def _nested(value: list[Any]) -> bool:
    return any(isinstance(row, list) for row in value)


def _table(pieces: Iterable[list[Any]], name: str) -> Table:
    """Raises DataError that names everything that is no list of numbers, up to twenty."""
    cells: list[NDArray[np.float64]] = []
    widths: list[NDArray[np.int32]] = []
    faults: list[str] = []
    count = rows = 0
    for piece in pieces:
        try:  # the quick way, for what has nothing wrong with it
            cells.append(_numbers(piece))
            widths.append(np.fromiter(map(len, piece), np.int32, len(piece)))
        except (ValueError, TypeError, OverflowError):
            for place, value in _faults(piece, rows):
                count += 1
                if count <= FAULTS_SHOWN:
                    faults.append(f"{place} is {_brief(value)}")
        rows += len(piece)
    if count:
        raise DataError(f"{name} has what is not a list of numbers up to 3.4e38 or null: {shown(faults, count)}.")
    if not rows:
        raise DataError(_EMPTY.format(name))
    return Table.laid_out(np.concatenate(cells), np.concatenate(widths), name)


def _numbers(rows: list[Any]) -> NDArray[np.float64]:
    """Every cell of some rows. Raises ValueError, TypeError or OverflowError where something is not as it should."""
    if not all(type(row) is list and row for row in rows):
        raise TypeError
    flat = list(chain.from_iterable(rows))
    if not set(map(type, flat)) <= NUMBERS:
        raise TypeError
    cells = np.array(flat, dtype=np.float64)
    if not (np.isnan(cells) | (np.abs(cells) <= LARGEST)).all():
        raise ValueError
    return cells


def _faults(rows: list[Any], before: int) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(rows, before + 1):
        if not isinstance(row, list) or not row:
            yield f"row {number}", row
            continue
        for place, cell in enumerate(row, 1):
            if not _is_number(cell):
                yield f"row {number}, column {place}", cell


def _is_number(cell: Any) -> bool:
    return cell is None or (type(cell) in (int, float) and abs(cell) <= LARGEST)


def _brief(value: Any) -> str:
    if value and isinstance(value, list | dict):  # maybe nested too deep to be written
        return f"a {type(value).__name__}"
    text = orjson.dumps(value).decode()
    return text if len(text) <= 20 else f"{text[:20]}..."
