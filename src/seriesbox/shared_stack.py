"""A stack of tables that the processes of a host hold together, in the memory of the first of them.

Shapes: N rows, D columns.
"""

import json
from collections.abc import Callable, Sequence
from mmap import PAGESIZE, mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.host_group import HostGroup
from seriesbox.tables.columns import Columns
from seriesbox.tables.memory import SharedMemory, map_memory
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Cells, Table, Widths, equal_widths


class SharedStack(TableStack):
    """A stack that the first process changes, while the others wait."""

    def __init__(
        self,
        memory: mmap,
        widths: Widths,
        names: Sequence[str],
        ends: Sequence[int],
        columns: Columns,
        host: HostGroup,
    ) -> None:
        super().__init__(memory, widths, names, ends)
        self.columns, self._host = columns, host

    def change(self, change: Callable[[Cells], None]) -> None:
        self._host.while_others_wait(lambda: change(self.values))

    def consume(self, convert: Callable[[Cells], NDArray[np.float32]]) -> NDArray[np.float32]:
        rows, columns = self.values.shape
        if not self._host.is_first:
            self.values = np.empty((0, columns))
        self._host.while_others_wait(lambda: super(SharedStack, self).consume(convert))
        return np.frombuffer(self.memory, np.float32, rows * columns).reshape(rows, columns)

    def share(self, compute: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        return _share_array(compute() if self._host.is_first else None, self._host)


def share_tables(tables: Sequence[Table], host: HostGroup) -> Sequence[Table]:
    """Return the tables of the host's first process, on all of them: none, or a stack, whose memory is shared."""
    if not host.tell(b"some" if tables else b""):
        return ()
    if not host.is_first:
        memory, (rows, width, names, ends, (column_names, *places)) = _take(host)
        widths = equal_widths(width, rows) if width else _share_array(None, host)
        return SharedStack(memory, widths, names, ends, Columns(tuple(column_names), *places), host)
    assert isinstance(tables, TableStack)
    ends = [span.stop for span in tables.spans]
    width = int(tables.widths[0]) if tables.widths.strides == (0,) else None
    _give(tables.memory, [len(tables.widths), width, list(tables.names), ends, tables.columns], host)
    widths = tables.widths if width else _share_array(tables.widths, host)
    return SharedStack(tables.memory, widths, tables.names, ends, tables.columns, host)


def _share_array(array: NDArray[Any] | None, host: HostGroup) -> NDArray[Any]:
    """Return the array (N,) of the first process, in memory that all map. The others have none to give."""
    if array is None:
        taken, (kind, length) = _take(host)
        return np.frombuffer(taken, kind, length)
    memory = SharedMemory()
    memory.resize(max(PAGESIZE, array.nbytes))
    shared = np.frombuffer(memory, array.dtype, len(array))
    shared[:] = array
    _give(memory, [array.dtype.str, len(array)], host)
    return shared


def _give(memory: mmap, facts: Any, host: HostGroup) -> None:
    """Let the other processes map the memory, and tell them what is in it."""
    assert isinstance(memory, SharedMemory)
    host.tell(json.dumps([memory.path, facts]).encode())
    host.barrier()
    memory.close_path()


def _take(host: HostGroup) -> tuple[mmap, Any]:
    """Return the memory that the first process gives, and what is in it."""
    path, facts = json.loads(host.tell())
    memory = map_memory(path)
    host.barrier()
    return memory, facts
