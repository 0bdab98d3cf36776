"""The processes of one host, of which the first one works for all and tells the others what it did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Self

import numpy as np
import torch
import torch.distributed as dist

# The others wait as long as the first one reads, and training data may take days. If it ends, they notice at once.
TIME_TO_WAIT = timedelta(days=28)


class HostGroup:
    """This process among those of its host. Alone, it is the first one and has nobody to tell."""

    def __init__(self, processes: dist.ProcessGroup | None = None) -> None:
        self._processes = processes
        self.size = dist.get_world_size(processes) if processes else 1
        self.is_first = not processes or dist.get_rank(processes) == 0

    @classmethod
    def join(cls, size: int) -> Self:
        """Return the group of this host, if every host has `size` processes. All processes of all hosts call this."""
        if size == 1:
            return cls()
        own, _ = dist.new_subgroups(size, timeout=TIME_TO_WAIT, backend="gloo")
        return cls(own)

    def tell(self, message: bytes = b"") -> bytes:
        """Return the message of the first process."""
        if not self._processes:
            return message
        size = torch.tensor([len(message)])
        dist.broadcast(size, group=self._processes, group_src=0)
        content = np.zeros(int(size), np.uint8)
        if self.is_first:
            content[:] = bytearray(message)
        dist.broadcast(torch.from_numpy(content), group=self._processes, group_src=0)
        return content.tobytes()

    def barrier(self) -> None:
        """Return once all processes of the host have called this."""
        if self._processes:
            dist.all_reduce(torch.zeros(1), group=self._processes)

    def while_others_wait(self, work: Callable[[], object]) -> None:
        """Do the work if this is the first process, and return once it is done; before, all others have come here."""
        self.barrier()
        if self.is_first:
            work()
        self.barrier()
