"""The items of a channel that a process holds, and those of them that it computes."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from seriesbox.distributed import Group


@dataclass(frozen=True)
class Shard:
    """The items that this process holds: `count` of all `total`, from `start` on.

    The `replicas` processes that hold the same items divide the work among them; this one is number `replica`.
    """

    start: int
    count: int
    total: int
    replica: int
    replicas: int

    @classmethod
    def of(cls, count: int, group: Group, sharded: bool) -> Self:
        """Return the shard of a process that holds `count` items: a part of all if they are sharded, else all."""
        if not sharded:
            return cls(0, count, count, group.rank, group.world_size)
        hosts = group.all_gather(np.array([count]))[:: group.local_world_size]
        host = group.rank // group.local_world_size
        return cls(int(hosts[:host].sum()), count, int(hosts.sum()), group.local_rank, group.local_world_size)

    def share(self, count: int) -> slice:
        """Return the slice of `count` things, held by all replicas, that this process computes."""
        return slice(count * self.replica // self.replicas, count * (self.replica + 1) // self.replicas)

    def own(self, items: Tensor) -> Tensor:
        """Return the items of a step that this process computes.

        (B,) numbers among all items -> (b,) positions among the items that this process holds.
        """
        if self.count < self.total:
            items = items[(items >= self.start) & (items < self.start + self.count)] - self.start
        return items[self.share(len(items))]

    def all_at_stride(self, stride: int) -> Tensor:
        """Return the numbers of all items whose number is a multiple of `stride`."""
        return torch.arange(0, self.total, stride)

    def held_at_stride(self, stride: int) -> slice:
        """Return the slice of the items held that are among `all_at_stride(stride)`."""
        return slice(-self.start % stride, None, stride)

    def stride_for(self, max_items: int) -> int:
        """Return the smallest stride that leaves at most `max_items` of all items."""
        return -(-self.total // max_items)
