"""Lines of JSON with an id: `{"id": ..., "values": [...]}`, in either order."""

import re
from typing import NamedTuple

import orjson

OTHER_OBJECT = 'an object, but not {"id": ..., "values": [...]} with a text or a number as its id'
VALUE = rb'("(?:[^"\\]|\\.)*+"|[^\s",:\[\]{}]++)'  # a text or a number, or another word
ID, LIST = rb'"id"\s*:\s*' + VALUE, rb'"values"\s*:\s*(\[.*\])'
ID_FIRST = re.compile(rb"\s*\{\s*" + ID + rb"\s*,\s*" + LIST + rb"\s*\}\s*", re.DOTALL)
LIST_FIRST = re.compile(rb"\s*\{\s*" + LIST + rb"\s*,\s*" + ID + rb"\s*\}\s*", re.DOTALL)


class Line(NamedTuple):
    """A line of JSON.

    values: the text of its list; if it is no such object, all of it.
    id: as JSON's value; None if it has none.
    """

    values: bytes
    id: bytes | None = None


def split(line: bytes) -> Line:
    """Return the list and the id of a line, neither of them parsed. Another object is left as it is."""
    if line.lstrip().startswith(b"{"):
        if match := ID_FIRST.fullmatch(line):
            given, values = match.groups()
        elif match := LIST_FIRST.fullmatch(line):
            values, given = match.groups()
        if match and _is_id(given):
            return Line(values, given)
    return Line(line)


def _is_id(text: bytes) -> bool:
    try:
        return type(orjson.loads(text)) in (str, int, float)
    except orjson.JSONDecodeError:
        return False
