"""JSON and JSON Lines <-> tables of floats.

JSON has no line or column worth naming in an error, so faults are named by row and place in the row, as in CSV.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.tables.table import BYTE_ORDER_MARK, FAULTS_SHOWN, LARGEST, Table, shown

NUMBERS = {int, float, type(None)}


def parse_json(body: bytes, name: str) -> Any:
    """One JSON value. Raises DataError."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        hint = "; a missing value is null" if b"NaN" in body else ""
        raise DataError(f"{name} is not JSON: {error}{hint}.") from None


def parse_json_lines(body: bytes, name: str) -> Iterator[tuple[str, Any]]:
    """The value of every line that is not blank, with the line's name. Raises DataError."""
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            yield f"{name}, line {number}", parse_json(line, f"{name}, line {number}")


def rows_of_numbers(rows: Any, name: str) -> Table:
    """A list of lists of numbers and nulls. Raises DataError that names every other thing in it, up to twenty."""
    if not isinstance(rows, list) or not rows:
        raise DataError(f"{name} must be a list of lists of numbers, not {_brief(rows)}.")
    try:  # the quick way, for what has the same number of true numbers in every row
        if all(type(row) is list and set(map(type, row)) <= NUMBERS for row in rows):
            values = np.array(rows, dtype=np.float64)
            if values.ndim == 2 and values.size and (np.isnan(values) | (np.abs(values) <= LARGEST)).all():
                return Table.of(values, name)
    except (ValueError, TypeError, OverflowError):
        pass
    faults: list[str] = []
    count = 0
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or not row:
            faults.append(f"row {number} is {_brief(row)}")
            count += 1
            continue
        for place, cell in enumerate(row, 1):
            if not _is_number(cell):
                count += 1
                if count <= FAULTS_SHOWN:
                    faults.append(f"row {number}, column {place} is {_brief(cell)}")
    if count:
        raise DataError(f"{name} has what is not a list of numbers up to 3.4e38 or null: {shown(faults, count)}.")
    cells = [np.nan if cell is None else cell for row in rows for cell in row]
    return Table.laid_out(np.array(cells, np.float64), np.array([len(row) for row in rows]), name)


def write_json(values: NDArray[np.floating]) -> bytes:
    """(N, D) -> a list of lists, NaN as null, without the outer brackets: pieces of a table can be joined by commas."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]


def _is_number(cell: Any) -> bool:
    return cell is None or (type(cell) in (int, float) and abs(cell) <= LARGEST)


def _brief(value: Any) -> str:
    if value and isinstance(value, list | dict):  # maybe nested too deep to be written
        return f"a {type(value).__name__}"
    text = orjson.dumps(value).decode()
    return text if len(text) <= 20 else f"{text[:20]}..."
