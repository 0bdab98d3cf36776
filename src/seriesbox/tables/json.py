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

from seriesbox.errors import DataError, Places
from seriesbox.tables.pieces import BYTE_ORDER_MARK, PIECE, parts_of, whole_lines
from seriesbox.tables.table import LARGEST, Piece, Table, table_of

NUMBERS = {int, float, type(None)}


def parse_json(body: bytes, name: str) -> Any:
    """One JSON value. Raises DataError."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise DataError(f"{name} is not JSON: {_reason(error, body)}.") from None


def parse_rows(body: bytes, name: str) -> Table:
    """A list of rows, or one row alone. Raises DataError that names everything that is no number, up to twenty."""
    pieces = _list(body, name)
    return table_of(_rows((piece if _nested(piece) else [piece] for piece in pieces), name), name)


def parse_row_lines(body: bytes, name: str) -> Table:
    """One row a line. Raises DataError as `parse_rows` does."""
    return table_of(row_lines(parts_of(body), name), name)


def parse_series(body: bytes, name: str) -> Table:
    """A list of rows, or of the numbers of one column. Raises DataError as `parse_rows` does."""
    return table_of(_series(body, name), name)


def parse_series_lines(body: bytes, name: str) -> list[Table]:
    """One series a line. Raises DataError as `parse_rows` does."""
    return [table_of(pieces, line) for line, pieces in series_lines(parts_of(body), name)]


def row_lines(parts: Iterable[bytes], name: str) -> Iterator[Piece]:
    """The rows of a file that comes in parts. Raises DataError as `parse_rows` does, at the end."""
    return _rows(([_value(line) for _, line in piece] for piece in _lines(parts)), name)


def series_lines(parts: Iterable[bytes], name: str) -> Iterator[tuple[str, Iterator[Piece]]]:
    """The series of a file that comes in parts: what each is called, and its rows. Raises DataError as `parse_rows`."""
    empty = True
    for piece in _lines(parts):
        for number, line in piece:
            empty = False
            yield f"{name}, line {number}", _series(line, f"{name}, line {number}")
    if empty:
        raise DataError(_EMPTY.format(name))


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


def _reason(error: orjson.JSONDecodeError, text: bytes) -> str:
    return f"{error}; a missing value is null" if b"NaN" in text else str(error)


def _series(body: bytes, name: str) -> Iterator[Piece]:
    pieces = _list(body, name, of_numbers=True)
    return _rows((piece if _nested(piece) else [[cell] for cell in piece] for piece in pieces), name)


def _lines(parts: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """The numbers of the lines that are not blank, and these lines, a piece at a time."""
    before = 0
    for piece in whole_lines(parts):
        lines = piece.removesuffix(b"\n").split(b"\n")
        yield [(number, line) for number, line in enumerate(lines, before + 1) if line.strip()]
        before += len(lines)


class _NotJSON(str):
    """What is wrong with a line, in the place of its value."""


def _value(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _NotJSON(f"not JSON: {_reason(error, line)}")


def _nested(value: list[Any]) -> bool:
    return any(isinstance(row, list) for row in value)


def _rows(pieces: Iterable[list[Any]], name: str) -> Iterator[Piece]:
    """Raises DataError that names everything that is no list of numbers, up to twenty."""
    places, rows = Places(), 0
    for piece in pieces:
        try:  # the quick way, for what has nothing wrong with it
            cells, widths = _numbers(piece), np.fromiter(map(len, piece), np.int32, len(piece))
        except (ValueError, TypeError, OverflowError):
            wrong = list(_faults(piece, rows))
            places.add(len(wrong), (f"{place} is {_brief(value)}" for place, value in wrong))
        else:
            if piece:
                yield cells, widths
        rows += len(piece)
    if places.count:
        raise DataError(f"{name} has what is not a list of numbers up to 3.4e38 or null: ", places, ".")
    if not rows:
        raise DataError(_EMPTY.format(name))


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
    if isinstance(value, _NotJSON):
        return value
    if value and isinstance(value, list | dict):  # maybe nested too deep to be written
        return f"a {type(value).__name__}"
    text = orjson.dumps(value).decode()
    return text if len(text) <= 20 else f"{text[:20]}..."
