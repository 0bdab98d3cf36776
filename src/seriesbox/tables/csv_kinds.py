"""The one mistake behind all cells of a file that are no numbers, such as another separator."""

import re
from collections.abc import Sequence
from typing import NamedTuple

SHOWN = 20  # characters of a cell in a message


class Kind(NamedTuple):
    """A mistake that every wrong cell of a file shows.

    pattern: finds it in a cell.
    fault: what is wrong and what to do; `{cell}` is the first such cell.
    """

    pattern: re.Pattern[str]
    fault: str


def _separated(what: str, pattern: str) -> Kind:
    fault = f" is separated by {what} ({{cell}}): use commas between cells and points for decimals."
    return Kind(re.compile(pattern), fault)


KINDS = (
    Kind(
        re.compile(r"^\s*[\[{]|[\]}]\s*$"),
        " looks like JSON ({cell}): say so by its content type, or write comma-separated numbers.",
    ),
    _separated("semicolons", ";"),
    _separated("tabs", "\t"),
    _separated("vertical bars", r"\|"),
    _separated("blanks", r"(?i)^(nan|[-+.\de]+)( +(nan|[-+.\de]+))+ *$"),
    Kind(re.compile(r"^'[^']*'$"), " has numbers in single quotes ({cell}): leave the quotes out."),
    Kind(
        re.compile(r'^"[-+.\d ]*$|^[.\d ]*"$'),
        " has commas in quoted numbers ({cell}): write a point before decimals, and nothing between thousands.",
    ),
)


class Kinds:
    """The kinds that every wrong cell so far shows."""

    def __init__(self) -> None:
        self._first = ""
        self._left = list(KINDS)

    def narrow(self, cells: Sequence[str], wrong: Sequence[int]) -> None:
        """Keep the kinds that all cells with the numbers in `wrong` show too."""
        if not self._first:
            self._first = cells[wrong[0]]
            if self._first.startswith('"'):  # a comma has cut it
                end = next((number for number in wrong if cells[number].endswith('"')), wrong[0])
                self._first = ",".join(cells[wrong[0] : end + 1])
        self._left = [kind for kind in self._left if all(kind.pattern.search(cells[number]) for number in wrong)]

    def fault(self) -> str | None:
        """Return what is wrong, if it is the same in all cells."""
        return self._left[0].fault.format(cell=repr(self._first[:SHOWN])) if self._first and self._left else None
