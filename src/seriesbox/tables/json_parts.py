"""Long lists in JSON, some elements at a time: as Python's objects, numbers take up to thirty times their text."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import orjson

from seriesbox.tables.lines import PART

SPACE = re.compile(rb"[ \t\r\n]*+")
END = {1: re.compile(rb"\]"), 2: re.compile(rb"\][ \t\r\n]*+\]")}  # of an element, by its depth
SEPARATOR = re.compile(rb"[ \t\r\n]*+(,|\Z)")


class NotJSON(str):
    """A message that stands for the value of an element that cannot be parsed."""


class Part(list[Any]):
    """Some elements of one list; `ends` says whether they are the last ones."""

    ends = False


class LongList:
    """A list of lists that is longer than a part, between two positions of a text. They are parsed one by one."""

    def __init__(self, text: bytes, start: int, stop: int) -> None:
        self._text, self._start, self._stop = text, start, stop

    def __iter__(self) -> Iterator[list[Any]]:
        return elements(self._text, self._start, self._stop, depth=1)


def elements(text: bytes, start: int, stop: int, depth: int) -> Iterator[list[Any]]:
    """Yield the elements between two positions of a text: numbers at `depth` 0, lists at 1, lists of lists at 2.

    Those of a list longer than a part come as `Part`s, and a list of lists as a `LongList`. If there is a fault,
    `NotJSON` is the last element.
    """
    while True:
        cut = _end_of_part(text, start, stop, depth)
        if cut >= 0:
            some, cut = _parse(text, start, cut)
            yield some or [NotJSON("not JSON: there is nothing")]
        elif not depth:
            yield [NotJSON("not JSON: it is too long for a number")]
            return
        else:
            end = END[depth].search(text, start, stop)
            first = SPACE.match(text, start).end()  # type: ignore[union-attr]
            if not end or text[first : first + 1] != b"[":
                yield [NotJSON("not JSON: a list does not begin or end")]
                return
            cut = end.end()
            inner = parts(text, first + 1, cut - 1) if depth == 1 else iter([[LongList(text, first + 1, cut - 1)]])
            for some in inner:
                yield some
        if some and isinstance(some[-1], NotJSON):
            return
        separator = SEPARATOR.match(text, cut, stop)
        if not separator:
            yield [NotJSON("not JSON: no comma is before it")]
        if not separator or not separator[1]:
            return
        start = separator.end()


def parts(text: bytes, start: int, stop: int) -> Iterator[Part]:
    """Yield the elements of one list, which are between two positions of a text."""
    held = None
    for some in elements(text, start, stop, depth=0):
        if held:
            yield held
        held = Part(some)
    assert held is not None
    held.ends = True
    yield held


def _end_of_part(text: bytes, start: int, stop: int, depth: int) -> int:
    """Return the position behind the last whole element of a part; -1 if an element is longer than the part."""
    if stop - start <= PART:
        return stop
    if depth == 2:
        return max((end.end() for end in END[depth].finditer(text, start, start + PART)), default=-1)
    return text.rfind(b"]", start, start + PART) + 1 or -1 if depth else text.rfind(b",", start, start + PART)


def _parse(text: bytes, start: int, stop: int) -> tuple[list[Any], int]:
    """Return the elements between two positions, and the position behind the last one."""
    try:
        return orjson.loads(b"[%b]" % text[start:stop]), stop
    except orjson.JSONDecodeError:
        return _parse_one_by_one(text, start, stop)


def _parse_one_by_one(text: bytes, start: int, stop: int) -> tuple[list[Any], int]:
    """Do what `_parse` does, and end with the first element that is no JSON. The last one may go on behind `stop`."""
    characters = text[start : min(stop, start + PART) + PART].decode("latin-1")  # one for each byte
    found: list[Any] = []
    position = end = 0
    while position < stop - start:
        position = SPACE.match(text, start + position).end() - start  # type: ignore[union-attr]
        try:
            value, end = DECODER.raw_decode(characters, position)
        except json.JSONDecodeError as error:
            return [*found, NotJSON(f"not JSON: {error.msg.lower()}")], stop
        except (ValueError, RecursionError) as error:
            return [*found, NotJSON(f"not JSON: {error}")], stop
        found.append(value)
        separator = SEPARATOR.match(text, start + end, stop)
        if not separator or not separator[1]:
            break
        position = separator.end() - start
    return found, start + end


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number; a missing value is null")


DECODER = json.JSONDecoder(parse_constant=_refuse)
