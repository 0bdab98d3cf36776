"""Tables whose first column is a label. Labels judge a model that has been trained; they train none.

Shapes: N rows, D columns.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.table import Table, are_equal, equal_widths


class Labelled(NamedTuple):
    """A table, and a label for every row. column: what messages call that of the labels."""

    name: str
    column: str
    table: Table
    labels: NDArray[np.float64]  # (N,)

    @classmethod
    def of(cls, table: Table) -> Self:
        """Take the first column of a table of (N, 1 + D) as labels."""
        widths = equal_widths(table.width - 1, len(table.widths)) if are_equal(table.widths) else table.widths - 1
        before = f"{table.columns.before + 1} columns" if table.columns.before else "column"
        columns = table.columns._replace(names=table.columns.names[1:], before=0)  # messages count from here
        after = Table(table.values[:, 1:], widths, f"{table.name} after its first {before}", columns)
        return cls(table.name, table.columns.label(0), after, table.values[:, 0])
