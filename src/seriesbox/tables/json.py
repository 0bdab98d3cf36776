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

from seriesbox.errors import PLACES, DataError, Places
from seriesbox.tables.pieces import BLANKS, BYTE_ORDER_MARK, PIECE, parts_of, whole_lines
from seriesbox.tables.table import LARGEST, Piece, Table, table_of, uniform

NUMBERS = {int, float, type(None)}
MISSING = {"", "-", "na", "n/a", "nan", "none", "null"}  # what other programs write for it, in small letters


def parse_json(body: bytes, name: str) -> Any:
    """One JSON value. Raises DataError."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise DataError(f"{name} is not JSON: {_reason(error, body)}.") from None


def parse_rows(body: bytes, name: str) -> Table:
    """A list of rows, or one row alone. Raises DataError that names what is no number, up to twenty places."""
    nested, pieces = _list(body, name)
    if nested:
        return table_of(_rows(pieces, name), name)
    cells = table_of(_rows(pieces, name, "row 1, column {}"), name).values
    return Table(cells.reshape(1, -1), uniform(len(cells), 1), name)


def parse_row_lines(body: bytes, name: str) -> Table:
    """One row a line. Raises DataError as `parse_rows` does."""
    return table_of(row_lines(parts_of(body), name), name)


def parse_series(body: bytes, name: str) -> Table:
    """A list of rows, or of the numbers of one column. Raises DataError as `parse_rows` does."""
    return table_of(_series(body, name), name)


def parse_series_lines(body: bytes, name: str) -> Iterator[Table]:
    """One series a line. Raises DataError as `parse_rows` does, when the line is reached."""
    return (table_of(pieces, line) for line, pieces in series_lines(parts_of(body), name))


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
_NO_LIST = "{} must be a list of lists of numbers, not {}: give one list per row, such as [[1, 2], [3, 4]]."
_BETWEEN = re.compile(rb"[ \t\r\n]*+(,|\Z)")


def _list(body: bytes, name: str) -> tuple[bool, Iterator[list[Any]]]:
    """Whether a list is one of lists, as its first element tells; and its elements, a piece at a time."""
    text = body.removeprefix(BYTE_ORDER_MARK).strip(BLANKS)
    if len(text) <= PIECE:
        whole = parse_json(text, name)
        if not isinstance(whole, list) or not whole:
            raise DataError(_NO_LIST.format(name, _brief(whole)))
        return isinstance(whole[0], list), iter([whole])
    if not text.startswith(b"["):
        raise DataError(_NO_LIST.format(name, f"what begins with {text[:20].decode(errors='replace')!r}"))
    if not text.endswith(b"]"):
        raise DataError(f"{name} is not JSON: its list does not end.")
    nested = re.match(rb"\[[ \t\r\n]*+\[", text) is not None
    return nested, _pieces(text, nested)


def _pieces(text: bytes, nested: bool) -> Iterator[list[Any]]:
    """The elements of a long list; those up to the first fault where it is no JSON, and what is wrong."""
    start, last = 1, len(text) - 1
    while True:
        found = text.find(b"]" if nested else b",", start + PIECE, last)
        cut = last if found < 0 else found + nested
        part = text[start:cut]
        try:
            piece = orjson.loads(b"[%b]" % part)
        except orjson.JSONDecodeError as error:
            yield _up_to_fault(part, nested, error)
            return
        yield piece or [_NotJSON("not JSON: there is nothing")]
        between = _BETWEEN.match(text, cut, last)
        if not between:
            yield [_NotJSON("not JSON: no comma is before it")]
        if not between or not between[1]:
            return
        start = between.end()


def _up_to_fault(part: bytes, nested: bool, error: orjson.JSONDecodeError) -> list[Any]:
    elements: list[Any] = []
    for text in part.split(b"]" if nested else b","):
        elements.append(_value(text.lstrip(b", \t\r\n") + b"]" * nested))
        if isinstance(elements[-1], _NotJSON):
            return elements
    return [*elements, _NotJSON(f"not JSON: {error}")]


def _reason(error: orjson.JSONDecodeError, text: bytes) -> str:
    return f"{error}; a missing value is null" if b"NaN" in text else str(error)


def _series(body: bytes, name: str) -> Iterator[Piece]:
    nested, pieces = _list(body, name)
    return _rows(pieces, name, "" if nested else "row {}, column 1")


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


def _rows(pieces: Iterable[list[Any]], name: str, place: str = "") -> Iterator[Piece]:
    """The rows that lists hold; where there is a `place`, which is what to call a number, numbers that are a row each.

    Raises DataError that names what is none, up to twenty, after which the rest is not looked at.
    """
    places, rows, advice = Places(), 0, "."
    for piece in pieces:
        if places.count >= PLACES and len(piece) > 1:  # the last line may be a piece of its own
            advice = f"; what follows row {rows} was not checked."
            break
        try:  # the quick way, for what has nothing wrong with it
            cells = _numbers(piece if place else _joined(piece))
        except (ValueError, TypeError, OverflowError):
            wrong = [*(_faulty_cells(piece, rows, place) if place else _faulty_rows(piece, rows))]
            places.add(len(wrong), (f"{where} is {_brief(value)}" for where, value in wrong))
        else:
            if piece:
                yield cells, uniform(1, len(piece)) if place else np.fromiter(map(len, piece), np.int32, len(piece))
        rows += len(piece)
    if places.count:
        raise DataError(f"{name} has what is not a list of numbers up to 3.4e38 or null: ", places, advice)
    if not rows:
        raise DataError(_EMPTY.format(name))


def _joined(rows: list[Any]) -> list[Any]:
    if not all(type(row) is list and row for row in rows):
        raise TypeError
    return list(chain.from_iterable(rows))


def _numbers(cells: list[Any]) -> NDArray[np.float64]:
    """Raises ValueError, TypeError or OverflowError where something is not as it should."""
    if not set(map(type, cells)) <= NUMBERS:
        raise TypeError
    numbers = np.array(cells, dtype=np.float64)
    if (np.abs(numbers) > LARGEST).any():  # which missing ones are not
        raise ValueError
    return numbers


def _faulty_rows(rows: list[Any], before: int) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(rows, before + 1):
        if isinstance(row, list) and row:
            yield from _faulty_cells(row, 0, f"row {number}, column {{}}")
        else:
            yield f"row {number}", row


def _faulty_cells(cells: list[Any], before: int, place: str) -> Iterator[tuple[str, Any]]:
    return ((place.format(number), cell) for number, cell in enumerate(cells, before + 1) if not _is_number(cell))


def _is_number(cell: Any) -> bool:
    return cell is None or (type(cell) in (int, float) and abs(cell) <= LARGEST)


def _brief(value: Any) -> str:
    if isinstance(value, _NotJSON):
        return value
    if value and isinstance(value, list | dict):  # maybe nested too deep to be written
        return "a list" if isinstance(value, list) else "an object"
    text = orjson.dumps(value).decode()
    if isinstance(value, str) and value.strip().lower() in MISSING:
        return f"{text} (a missing value is null)"
    return text if len(text) <= 20 else f"{text[:20]}..."
