"""Tables one below the other in one array, whose memory becomes the training data.

Shapes: N rows, D columns.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from mmap import PAGESIZE, mmap
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.blocks import blocks
from seriesbox.tables.columns import Columns
from seriesbox.tables.table import Cells, Table, Widths


class TableStack(Sequence[Table]):
    """Tables one below the other in one array.

    values: (N, D), the rows of all tables; D is the widest row of them all.
    columns: what messages call the columns of all tables.
    """

    columns = Columns()

    def __init__(self, memory: mmap, widths: Widths, names: Sequence[str], ends: Sequence[int]) -> None:
        """Take over the memory that holds all rows. ends: the row behind the last one of each table."""
        self.memory = memory
        columns = int(widths.max(initial=0))
        self.values = np.frombuffer(memory, np.float64, len(widths) * columns).reshape(len(widths), columns)
        self.widths = widths
        self.names = names
        self.spans = [slice(*span) for span in pairwise([0, *ends])]

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, index: int) -> Table: ...

    @overload
    def __getitem__(self, index: slice) -> list[Table]: ...

    def __getitem__(self, index: int | slice) -> Table | list[Table]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        span = self.spans[index]
        return Table(self.values[span], self.widths[span], self.names[index], self.columns)

    def change(self, change: Callable[[Cells], None]) -> None:
        """Change all rows in place."""
        change(self.values)

    def share(self, compute: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return the array (N,) that `compute` returns, which may use what `change` and `consume` were given."""
        return compute()

    def blocks(self, rows: slice = slice(None)) -> Iterator[Cells]:
        """Yield views of some rows at a time."""
        values = self.values[rows]
        return (values[block] for block in blocks(*values.shape))

    def consume(self, convert: Callable[[Cells], NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return (N, D) `convert` of all rows, block by block, in the same memory, half of which is freed.

        The stack is empty afterwards. Raises BufferError if a view of its rows is still in use.
        """
        rows, columns = self.values.shape
        converted = np.frombuffer(self.memory, np.float32, rows * columns).reshape(rows, columns)
        for block in blocks(rows, columns):
            converted[block] = convert(self.values[block])
        del converted
        self.values = np.empty((0, columns))
        self.memory.resize(max(PAGESIZE, 4 * rows * columns))
        return np.frombuffer(self.memory, np.float32, rows * columns).reshape(rows, columns)
