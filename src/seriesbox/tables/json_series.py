"""Series of several variables in JSON: each is a list of lists, one per variable.

In labelled data, a list with the label alone comes before these.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from seriesbox.errors import DataError, Places
from seriesbox.tables.json_lists import parse_list, shown
from seriesbox.tables.json_parts import LongList, NotJSON, Part, elements
from seriesbox.tables.lines import BLANKS, BYTE_ORDER_MARK

FLAT = "a list of numbers"
NESTED, NESTED_TWICE = (re.compile(rb"(?:\[[ \t\r\n]*+){%d}" % depth) for depth in (2, 3))


def parse_series_list(body: bytes, name: str) -> Iterator[list[Any]]:
    """Return the series of a list, some at a time, or one series alone. Raises DataError if it is neither."""
    text = body.removeprefix(BYTE_ORDER_MARK).strip(BLANKS)
    if not NESTED.match(text) or not text.endswith(b"]"):
        parse_list(body, name)
        raise DataError(f"{name} is {FLAT}: give a list of lists for each series, one per variable (`variables`).")
    if NESTED_TWICE.match(text):
        return elements(text, 1, len(text) - 1, depth=2)
    return iter([[LongList(text, 1, len(text) - 1)]])


def flat_rows(rows: Iterator[list[Any]], name: str) -> Iterator[list[Any]]:
    """Yield rows of one variable, some at a time. Raises DataError if the first one is a list of lists."""
    first = next(rows, [])
    if first and isinstance(first[0], list) and first[0] and isinstance(first[0][0], list):
        raise DataError(
            f"{name} must hold lists of numbers up to 3.4e38 or null: row 1, column 1 is a list. A list for each "
            "variable is for trainings with `variables`, and for their models."
        )
    return chain([first], rows)


def parse_long_series(line: bytes) -> Iterator[list[Any]]:
    """Yield the series of one long line, whose lists are not parsed yet; if it is none, `NotJSON`."""
    text = line.strip(BLANKS)
    if not (text.startswith(b"[") and text.endswith(b"]")):
        yield [NotJSON("not JSON: its list does not begin or end")]
    else:
        yield [LongList(text, 1, len(text) - 1) if NESTED.match(text) else NotJSON(FLAT)]


class SeriesLists(Iterable[list[Any]]):
    """The lists of all series, one after the other, some at a time; long ones in `Part`s.

    labels: 1 if a label comes before the variables, else 0.
    """

    def __init__(self, series: Iterable[list[Any]], name: str, variables: int, labels: int) -> None:
        self._series, self._name, self._variables, self._labels = series, name, variables, labels
        self._count = labels + variables
        self._rows, self._faults = 0, Places()

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield the lists. Raises DataError at the end that names the series which have another number of them."""
        for some in self._series:
            if all(type(series) is list and len(series) == self._count for series in some):
                self._rows += len(some)
                yield list(chain.from_iterable(some))
            else:
                yield from chain.from_iterable(map(self._lists, some))
        if self._faults.count:
            lists = f"{'a list with its label, and ' if self._labels else ''}a list for each of {self._variables}"
            raise DataError(
                f"{self._name} must have {lists} variables (`variables`) in every row: ",
                self._faults,
                ".",
            )

    def _lists(self, series: Any) -> Iterator[list[Any]]:
        """Yield the lists of one series or, if they are others, as many: those that follow keep their numbers."""
        self._rows += 1
        if isinstance(series, LongList):
            yield from self._long_lists(series)
        elif not isinstance(series, list) or not series:
            yield self._refused(f"is {shown(series)}")
        elif not isinstance(series[0], list):
            yield self._refused(f"is {FLAT}")
        else:
            yield series if len(series) == self._count else self._refused(_has(len(series)))

    def _long_lists(self, series: LongList) -> Iterator[list[Any]]:
        missing = self._count
        for lists in series:
            if missing < (1 if isinstance(lists, Part) else len(lists)):
                yield self._refused(f"has more than {self._count} lists")[:missing]
                return
            yield lists
            missing -= lists.ends if isinstance(lists, Part) else len(lists)
            if isinstance(lists[-1], NotJSON):  # which is named already
                yield [[0]] * missing
                return
        if missing:
            yield self._refused(_has(self._count - missing))[:missing]

    def _refused(self, fault: str) -> list[Any]:
        self._faults.add(1, [f"row {self._rows} {fault}"])
        return [[0]] * self._count


def _has(lists: int) -> str:
    return f"has {lists} list{'' if lists == 1 else 's'}"
