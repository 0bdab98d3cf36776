"""Cells that are not finite numbers. The search is slow, so it runs only if something is wrong."""

import numpy as np

from seriesbox.errors import DataError, Places
from seriesbox.tables.blocks import blocks
from seriesbox.tables.table import LARGEST, Widths

MISSING = ["", "nan", "NaN", "NAN"]
COLUMN_NAME = r"(?i)(?!n/?a$|null$|none$|missing$|inf(inity)?$|true$|false$)[^\W\d]"


class Faults:
    """The faults of one file.

    rows: the number of rows parsed so far.
    unread: whether lines were left unread.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = 0
        self.unread = False
        self.places = Places()
        self._unreadable = False
        self._first = ""  # the first cell that is no number
        self._separators = {";": "semicolons", "\t": "tabs"}  # those in every cell that is no number
        self._header: str | None = None  # the first cell, as long as the only faults are names in the first row

    def find(self, cells: bytes, widths: Widths) -> None:
        """Add the faults of some rows, whose cells are on a line each."""
        import pandas as pd

        texts = pd.Series(cells.decode("utf-8", errors="replace").split("\n")[:-1]).str.lstrip(" ")
        no_boolean = texts.mask(texts.str.lower().isin(["true", "false"]), "no number")
        parts = (no_boolean[rows] for rows in blocks(len(texts), 1))  # pandas holds the interpreter for one part
        numbers = np.concatenate([pd.to_numeric(part, errors="coerce") for part in parts])
        wrong = np.flatnonzero(~(np.abs(numbers) <= LARGEST) & ~texts.isin(MISSING).to_numpy())
        self._unreadable |= not len(wrong)
        if not self.places.count and len(wrong):
            self._first = texts[wrong[0]]
            if not self.rows and list(wrong) == list(range(widths[0])) and texts[wrong].str.match(COLUMN_NAME).all():
                self._header = texts[0]
        elif len(wrong):
            self._header = None
        for separator in list(self._separators):
            if not texts[wrong].str.contains(separator, regex=False).all():
                del self._separators[separator]
        row_ends, before = widths.cumsum(dtype=np.int64), self.rows

        def describe(cell: int) -> str:
            row = int(np.searchsorted(row_ends, cell, side="right"))
            column = cell - row_ends[row] + widths[row] + 1
            return f"row {before + row + 1}, column {column} is {texts[cell][:20]!r}"

        self.places.add(len(wrong), (describe(int(cell)) for cell in wrong))
        self.rows += len(widths)

    def check(self) -> None:
        """Raise DataError if there is any fault."""
        if self.places.count and self._separators:
            separators = next(iter(self._separators.values()))
            raise DataError(
                f"{self.name} is separated by {separators} ({self._first[:20]!r}): use commas between cells and points "
                "for decimals."
            )
        if self._header is not None:
            raise DataError(f"{self.name} starts with a header ({self._header[:20]!r} in row 1): remove it.")
        if self.places.count:
            what = f"{self.name} has cells that are not numbers up to 3.4e38, write numbers or leave them empty: "
            advice = f"; what follows row {self.rows} was not checked." if self.unread else "."
            raise DataError(what, self.places, advice)
        if self._unreadable:
            raise DataError(f"{self.name} cannot be read as comma-separated numbers.")
