"""The processes that train one model together, over torch's collective operations."""

from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor

from seriesbox.host_group import HostGroup


class Group:
    """This process among `world_size`. Alone, it is the whole group, and every operation returns what it was given.

    rank, local_rank: the number of this process in the group, and among the `local_world_size` of its host.
    device: the device of tensors that are large, or that steps need. Arrays are exchanged between CPUs.
    host: the processes of this host.
    """

    def __init__(
        self,
        rank: int = 0,
        world_size: int = 1,
        device: str = "cpu",
        local_rank: int = 0,
        local_world_size: int = 1,
        host: HostGroup | None = None,
    ) -> None:
        self.rank = rank
        self.world_size = world_size
        self.device = torch.device(device)
        self.local_rank = local_rank
        self.local_world_size = local_world_size
        self.host = host or HostGroup()

    def all_reduce(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the sum over all processes."""
        return self._reduce(array, dist.ReduceOp.SUM)

    def all_reduce_max(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the maximum over all processes."""
        return self._reduce(array, dist.ReduceOp.MAX)

    def add_up(self, tensor: Tensor) -> None:
        """Replace a tensor on this device by its sum over all processes."""
        if self.world_size > 1:
            dist.all_reduce(tensor)

    def any(self, value: bool) -> bool:
        """Return whether the value is true in any process."""
        return bool(self.all_reduce_max(np.array(value, np.int32)))

    def first_nonzero(self, number: int) -> int:
        """Return the number of the first process whose number is not zero; zero if all are."""
        numbers = self.all_gather(np.array([number]))
        return int(numbers[(numbers != 0).argmax()])

    def broadcast(self, tensor: Tensor) -> Tensor:
        """Return the tensor of rank 0. The other processes give one of the same shape."""
        if self.world_size == 1:
            return tensor
        shared = tensor.to(self.device, copy=True).contiguous()
        dist.broadcast(shared, src=0)
        return shared.to(tensor.device)

    def broadcast_bytes(self, content: bytes) -> bytes:
        """Return the bytes of rank 0."""
        if self.world_size == 1:
            return content
        size = int(self.all_reduce(np.array(len(content) if self.rank == 0 else 0)))
        own = np.frombuffer(content, np.uint8) if self.rank == 0 else np.zeros(size, np.uint8)
        return self.broadcast(torch.from_numpy(own.copy())).numpy().tobytes()

    def all_gather(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the rows of all processes on all of them: (N_i, F) -> (sum of N_i, F). For few rows."""
        if self.world_size == 1:
            return rows
        counts = np.zeros(self.world_size, np.int64)
        counts[self.rank] = len(rows)
        counts = self.all_reduce(counts)
        start = int(counts[: self.rank].sum())
        gathered = np.zeros((int(counts.sum()), *rows.shape[1:]), rows.dtype)
        gathered[start : start + len(rows)] = rows
        return self.all_reduce(gathered)

    def gather(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the rows of all processes on rank 0, (N_i, F) -> (sum of N_i, F), and (0, F) on the others."""
        if self.world_size == 1:
            return rows
        ends = self.all_gather(np.array([len(rows)])).cumsum()
        if self.rank > 0:
            if len(rows):
                dist.send(torch.from_numpy(rows).to(self.device), dst=0)
            return rows[:0]
        gathered = torch.empty((int(ends[-1]), *rows.shape[1:]), dtype=torch.from_numpy(rows).dtype)
        gathered[: len(rows)] = torch.from_numpy(rows)
        for rank in range(1, self.world_size):
            part = gathered[ends[rank - 1] : ends[rank]]
            if len(part):
                received = part.to(self.device)  # on a CPU, the part itself
                dist.recv(received, src=rank)
                part.copy_(received)
        return gathered.numpy()

    def barrier(self) -> None:
        """Return once all processes have called this."""
        self.all_reduce(np.zeros(1))

    def _reduce(self, array: NDArray[Any], operation: Any) -> NDArray[Any]:
        if self.world_size == 1:
            return array
        tensor = torch.from_numpy(np.array(array))
        dist.all_reduce(tensor, op=operation)  # on the CPU: no step waits for a GPU
        return tensor.numpy()
