"""The processes that train one model together, over torch's collective operations."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor

from seriesbox.errors import UserError


@dataclass(frozen=True)
class Shard:
    """The items that this process has in memory, among the `total` of the group: `count` of them, from `first` on.

    Several processes may have the same: this one is at `place` among so many `holders`, and they divide the work.
    """

    first: int
    count: int
    total: int
    place: int
    holders: int

    def share(self, count: int) -> slice:
        """Which of so many things, one after the other, that all holders have are this process'."""
        return slice(count * self.place // self.holders, count * (self.place + 1) // self.holders)

    def own(self, items: Tensor) -> Tensor:
        """(B,) of all items -> which of those that this process has are its part of them."""
        if self.count < self.total:
            items = items[(items >= self.first) & (items < self.first + self.count)] - self.first
        return items[self.share(len(items))]

    def some(self, most: int) -> Tensor:
        """At most so many of all items, evenly spread."""
        return torch.arange(0, self.total, self._step(most))

    def every(self, most: int) -> slice:
        """Of the items that this process has, those that are among `some`."""
        step = self._step(most)
        return slice(-self.first % step, None, step)

    def _step(self, most: int) -> int:
        return -(-self.total // most)


class Group:
    """This process among `size`. Alone, it is the whole group, and every operation returns what it was given.

    device: where tensors must be for the operations.
    place, neighbours: this process among those of its host.
    """

    def __init__(self, rank: int = 0, size: int = 1, device: str = "cpu", place: int = 0, neighbours: int = 1) -> None:
        self.rank = rank
        self.size = size
        self.device = torch.device(device)
        self.place = place
        self.neighbours = neighbours

    def shard(self, count: int, divided: bool) -> Shard:
        """Of all items, those that this process has: so many, all of them unless they are divided among the hosts.

        Raises UserError where they are not, and yet processes have more or fewer.
        """
        counts = self.gather(np.array([count]))
        if divided:
            hosts = counts[:: self.neighbours]
            host = self.rank // self.neighbours
            return Shard(int(hosts[:host].sum()), count, int(hosts.sum()), self.place, self.neighbours)
        if counts.min() < counts.max():
            raise UserError(
                f"The hosts have between {counts.min()} and {counts.max()} items of the same channel: give all of them "
                "all data (FullyReplicated), or each a part (ShardedByS3Key)."
            )
        return Shard(0, count, count, self.rank, self.size)

    def sum(self, array: NDArray[Any]) -> NDArray[Any]:
        """The sum over all processes."""
        return self._reduced(array, dist.ReduceOp.SUM)

    def most(self, array: NDArray[Any]) -> NDArray[Any]:
        """The maximum over all processes."""
        return self._reduced(array, dist.ReduceOp.MAX)

    def any(self, here: bool) -> bool:
        """Whether it is so in any process."""
        return bool(self.most(np.array(here, np.int32)))

    def first_known(self, number: int) -> int:
        """The number of the first process where it is not zero; zero where it is nowhere."""
        numbers = self.gather(np.array([number]))
        return int(numbers[(numbers != 0).argmax()])

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

    def firsts_bytes(self, contents: bytes) -> bytes:
        """The first process' bytes, for all."""
        size = int(self.sum(np.array(len(contents) if self.rank == 0 else 0)))
        mine = np.frombuffer(contents, np.uint8) if self.rank == 0 else np.zeros(size, np.uint8)
        return self.firsts(torch.from_numpy(mine.copy())).numpy().tobytes()

    def gather(self, rows: NDArray[Any]) -> NDArray[Any]:
        """(N_i, F) of every process -> (sum of N_i, F) on all of them; for few rows."""
        if self.size == 1:
            return rows
        counts = np.zeros(self.size, np.int64)
        counts[self.rank] = len(rows)
        counts = self.sum(counts)
        before = int(counts[: self.rank].sum())
        together = np.zeros((int(counts.sum()), *rows.shape[1:]), rows.dtype)
        together[before : before + len(rows)] = rows
        return self.sum(together)

    def to_first(self, rows: NDArray[Any]) -> NDArray[Any]:
        """(N_i, F) of every process -> (sum of N_i, F) on the first one, none on the others."""
        if self.size == 1:
            return rows
        ends = self.gather(np.array([len(rows)])).cumsum()
        if self.rank > 0:
            if len(rows):
                dist.send(torch.from_numpy(rows).to(self.device), dst=0)
            return rows[:0]
        together = torch.empty((int(ends[-1]), *rows.shape[1:]), dtype=torch.from_numpy(rows).dtype)
        together[: len(rows)] = torch.from_numpy(rows)
        for rank in range(1, self.size):
            part = together[ends[rank - 1] : ends[rank]]
            if len(part):
                received = part.to(self.device)  # on a CPU, the part itself
                dist.recv(received, src=rank)
                part.copy_(received)
        return together.numpy()

    def wait(self) -> None:
        """Return when all have come here."""
        self.sum(np.zeros(1))

    def _reduced(self, array: NDArray[Any], operation: Any) -> NDArray[Any]:
        if self.size == 1:
            return array
        tensor = torch.from_numpy(np.array(array)).to(self.device)
        dist.all_reduce(tensor, op=operation)
        return np.asarray(tensor.cpu())
