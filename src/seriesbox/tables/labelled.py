"""Tables whose first column is a label. Labels judge a model that has been trained; they train none.

Shapes: N rows, D columns.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.table import Table, are_equal, equal_widths


class Labelled(NamedTuple):
    """A table, and a label for every row."""

    name: str
    table: Table
    labels: NDArray[np.float64]  # (N,)

    @classmethod
    def of(cls, table: Table) -> Self:
        """Take the first column of a table of (N, 1 + D) as labels."""
        if are_equal(table.widths):
            widths = equal_widths(int(table.widths[0]) - 1, len(table.widths))
        else:
            widths = table.widths - 1
        name = f"{table.name} after its first column"
        return cls(table.name, Table(table.values[:, 1:], widths, name), table.values[:, 0])
