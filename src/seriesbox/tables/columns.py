"""The columns of numbers in a file, and what messages call them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from seriesbox.errors import DataError
from seriesbox.files import printable

SHOWN, NAMED = 40, 10  # characters of a name in a message, and names


class Columns(NamedTuple):
    """The columns of numbers in a file.

    names: as its header gives them; none if it has no header.
    before: the number of columns before them, which hold ids or a label.
    header_rows: the number of rows before the first one of numbers.
    """

    names: tuple[str, ...] = ()
    before: int = 0
    header_rows: int = 0

    def label(self, number: int) -> str:
        """Return what messages call a column, by its number from 0: `column 3`, or `column 'pressure'`."""
        if number < len(self.names) and self.names[number]:
            return f"column {printable(self.names[number])[:SHOWN]!r}"
        return f"column {number + self.before + 1}"

    def check(self, name: str) -> None:
        """Raise DataError if two columns have the same name. name: what messages call the file."""
        if twice := [each for each, count in Counter(self.names).items() if count > 1]:
            raise DataError(f"{name} has several columns called {listed(twice)}: give each a name of its own.")

    def order(self, known: Sequence[str], name: str) -> list[int]:
        """Return the numbers of the columns in the order of `known` names.

        Raises DataError that lists the names that are missing and those that are not known.
        """
        faults = [
            f"{verb} {listed([each for each in names if each not in others])}"
            for verb, names, others in (
                ("lacks", known, set(self.names)),
                ("has the unknown", self.names, set(known)),
            )
            if not others.issuperset(names)
        ]
        if faults:
            raise DataError(
                f"{name} has a header that {' and '.join(faults)}, and columns are matched by name. The model knows "
                f"{listed(known)}: rename the columns, or leave the header out if their order is that of the training."
            )
        numbers = {each: number for number, each in enumerate(self.names)}
        return [numbers[each] for each in known]


POSITIONS = Columns()  # of a file of numbers alone


def listed(names: Sequence[str]) -> str:
    """Return the first names as messages show them, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(repr(printable(each)[:SHOWN]) for each in names[:NAMED]) + more
