"""The processes that train one model together, over torch's collective operations."""

from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor


class Group:
    """This process among `size`. Alone, it is the whole group, and every operation returns what it was given.

    All processes have the same data, and divide the work.

    device: where tensors must be for the operations.
    """

    def __init__(self, rank: int = 0, size: int = 1, device: str = "cpu") -> None:
        self.rank = rank
        self.size = size
        self.device = torch.device(device)

    def share(self, count: int) -> slice:
        """Which of so many items, one after the other, are this process'."""
        return slice(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def sum(self, array: NDArray[Any]) -> NDArray[Any]:
        """The sum over all processes."""
        return self._reduced(array, dist.ReduceOp.SUM)

    def most(self, array: NDArray[Any]) -> NDArray[Any]:
        """The maximum over all processes."""
        return self._reduced(array, dist.ReduceOp.MAX)

    def add(self, tensor: Tensor) -> None:
        """Replace a tensor by its sum over all processes."""
        if self.size > 1:
            dist.all_reduce(tensor)

    def firsts(self, tensor: Tensor) -> Tensor:
        """The first process' tensor, for all; its shape must be known to them."""
        if self.size == 1:
            return tensor
        shared = tensor.to(self.device, copy=True).contiguous()
        dist.broadcast(shared, src=0)
        return shared.to(tensor.device)

    def gather(self, rows: NDArray[Any]) -> NDArray[Any]:
        """(N_i, F) of every process -> (sum of N_i, F) on all of them."""
        if self.size == 1:
            return rows
        counts = np.zeros(self.size, np.int64)
        counts[self.rank] = len(rows)
        counts = self.sum(counts)
        before = int(counts[: self.rank].sum())
        together = np.zeros((int(counts.sum()), *rows.shape[1:]), rows.dtype)
        together[before : before + len(rows)] = rows
        return self.sum(together)

    def wait(self) -> None:
        """Return when all have come here."""
        self.sum(np.zeros(1))

    def _reduced(self, array: NDArray[Any], operation: Any) -> NDArray[Any]:
        if self.size == 1:
            return array
        tensor = torch.from_numpy(np.array(array)).to(self.device)
        dist.all_reduce(tensor, op=operation)
        return np.asarray(tensor.cpu())
