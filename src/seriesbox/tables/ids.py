"""Ids: texts that go with the rows of a table, whatever is in them. None ever becomes a number of the model."""

import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Protocol

import orjson

ID = "id"  # the name of ids that no header names
SPECIAL = re.compile(r'[",\r\n]')  # in a cell of CSV that must be quoted


class Ids(Protocol):
    """The ids of a table's rows, the same number for each.

    names: of the columns of ids.
    """

    names: Sequence[str]

    def as_csv(self) -> Iterator[bytes]:
        """Yield the ids of each row as cells, with commas between them."""
        ...

    def as_json(self) -> Iterator[Sequence[bytes]]:
        """Yield the ids of each row as JSON's values."""
        ...


class JSONIds:
    """One value of JSON for each row, or one for all rows of a recording."""

    names: Sequence[str] = (ID,)

    def __init__(self, values: Sequence[bytes], of_all_rows: bool = False) -> None:
        self._values = repeat(values[0]) if of_all_rows else values

    def as_csv(self) -> Iterator[bytes]:
        return map(_cell_of, self._values)

    def as_json(self) -> Iterator[Sequence[bytes]]:
        return ((value,) for value in self._values)


def cell(text: str) -> bytes:
    """Write a text as one cell of CSV."""
    return ('"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text).encode()


def _cell_of(value: bytes) -> bytes:
    parsed = orjson.loads(value)
    return cell(parsed if isinstance(parsed, str) else value.decode())
