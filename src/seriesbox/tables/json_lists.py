"""Lists in JSON, parsed in parts if they are long: Python's objects take up to thirty times the memory of the text."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from seriesbox.errors import DataError
from seriesbox.tables.lines import BLANKS, BYTE_ORDER_MARK, PART

NO_LIST = "{} must be a list of lists of numbers, not {}: give one list per row, such as [[1, 2], [3, 4]]."
SEPARATOR = re.compile(rb"[ \t\r\n]*+(,|\Z)")
MISSING_MARKS = {"", "-", "na", "n/a", "nan", "none", "null"}  # as other programs write missing values, in lower case


class NotJSON(str):
    """A message that stands for the value of an element that cannot be parsed."""


def parse_json(body: bytes, name: str) -> Any:
    """Parse one JSON value. Raises DataError."""
    try:
        return orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise DataError(f"{name} is not JSON: {_reason(error, body)}.") from None


def parse_line(line: bytes) -> Any:
    """Return the value of one line, or `NotJSON`."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return NotJSON(f"not JSON: {_reason(error, line)}")


def parse_list(body: bytes, name: str) -> tuple[bool, Iterator[list[Any]]]:
    """Return whether the first element of a list is a list, and the elements, some at a time. Raises DataError."""
    text = body.removeprefix(BYTE_ORDER_MARK).strip(BLANKS)
    if len(text) <= PART:
        whole = parse_json(text, name)
        if not isinstance(whole, list) or not whole:
            raise DataError(NO_LIST.format(name, shown(whole)))
        return isinstance(whole[0], list), iter([whole])
    if not text.startswith(b"["):
        raise DataError(NO_LIST.format(name, f"what begins with {text[:20].decode(errors='replace')!r}"))
    if not text.endswith(b"]"):
        raise DataError(f"{name} is not JSON: its list does not end.")
    nested = re.match(rb"\[[ \t\r\n]*+\[", text) is not None
    return nested, _elements(text, nested)


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


def _elements(text: bytes, nested: bool) -> Iterator[list[Any]]:
    """Yield the elements of a long list; if it is no JSON, those before the first fault, and the fault as `NotJSON`."""
    start, last = 1, len(text) - 1
    while True:
        end = text.find(b"]" if nested else b",", start + PART, last)
        cut = last if end < 0 else end + nested
        part = text[start:cut]
        try:
            elements = orjson.loads(b"[%b]" % part)
        except orjson.JSONDecodeError as error:
            yield _up_to_fault(part, nested, error)
            return
        yield elements or [NotJSON("not JSON: there is nothing")]
        separator = SEPARATOR.match(text, cut, last)
        if not separator:
            yield [NotJSON("not JSON: no comma is before it")]
        if not separator or not separator[1]:
            return
        start = separator.end()


def _up_to_fault(part: bytes, nested: bool, error: orjson.JSONDecodeError) -> list[Any]:
    elements: list[Any] = []
    for text in part.split(b"]" if nested else b","):
        elements.append(parse_line(text.lstrip(b", \t\r\n") + b"]" * nested))
        if isinstance(elements[-1], NotJSON):
            return elements
    return [*elements, NotJSON(f"not JSON: {error}")]


def _reason(error: orjson.JSONDecodeError, text: bytes) -> str:
    return f"{error}; a missing value is null" if b"NaN" in text else str(error)
