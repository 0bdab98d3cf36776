"""Lists in JSON. Long ones are parsed in parts by `json_parts.py`."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson

from seriesbox.errors import DataError
from seriesbox.tables.json_ids import OTHER_OBJECT
from seriesbox.tables.json_parts import NotJSON, elements, parts
from seriesbox.tables.lines import BLANKS, BYTE_ORDER_MARK, PART

NO_LIST = "{} must be a list of lists of numbers, not {}: give one list per row, such as [[1, 2], [3, 4]]."
MISSING_MARKS = {"", "-", "na", "n/a", "nan", "none", "null"}  # as other programs write missing values, in lower case


def parse_json(body: bytes, name: str) -> Any:
    """Parse one JSON value. Raises DataError."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise DataError(f"{name} is not JSON: {_reason(error, body)}.") from None


def parse_line(line: bytes) -> Any:
    """Return the value of one line, or `NotJSON`, also for an object."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return NotJSON(f"not JSON: {_reason(error, line)}")
    return NotJSON(OTHER_OBJECT) if isinstance(value, dict) else value


def parse_list(body: bytes, name: str) -> tuple[bool, Iterator[list[Any]]]:
    """Return whether the first element of a list is a list, and the elements, some at a time. Raises DataError.

    An element that is itself a long list comes in `Part`s. The last element is `NotJSON` if there is a fault.
    """
    text = body.removeprefix(BYTE_ORDER_MARK).strip(BLANKS)
    if len(text) <= PART:
        with suppress(orjson.JSONDecodeError):  # below, a fault is named by its row
            whole = orjson.loads(text)
            if not isinstance(whole, list) or not whole:
                raise DataError(NO_LIST.format(name, shown(whole)))
            return isinstance(whole[0], list), iter([whole])
    if not text.startswith(b"["):
        what = f"what begins with {text[:20].decode(errors='replace')!r}" if text else "nothing"
        raise DataError(NO_LIST.format(name, what))
    if not text.endswith(b"]"):
        raise DataError(f"{name} is not JSON: its list does not end.")
    nested = re.match(rb"\[[ \t\r\n]*+\[", text) is not None
    return nested, elements(text, 1, len(text) - 1, nested)


def parse_long_line(line: bytes) -> Iterator[list[Any]]:
    """Yield the numbers of one long line, a list, in `Part`s; if it is no list, one `NotJSON`."""
    text = line.strip(BLANKS)
    if text.startswith(b"[") and text.endswith(b"]"):
        return parts(text, 1, len(text) - 1)
    return iter([[NotJSON("not JSON: its list does not begin or end")]])


def shown(value: Any) -> str:
    """Return a value as messages quote it."""
    if isinstance(value, NotJSON):
        return value
    if value and isinstance(value, list | dict):  # maybe nested too deep to be written
        return "a list" if isinstance(value, list) else "an object"
    text = orjson.dumps(value).decode()
    if isinstance(value, str) and value.strip().lower() in MISSING_MARKS:
        return f"{text} (a missing value is null)"
    return text if len(text) <= 20 else f"{text[:20]}..."


def _reason(error: orjson.JSONDecodeError, text: bytes) -> str:
    return f"{error}; a missing value is null" if b"NaN" in text else str(error)
