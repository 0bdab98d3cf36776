"""A channel for tests of what uses one."""

import torch

from seriesbox.run import Run
from seriesbox.shard import Shard


class NumberChannel:
    """A channel whose items are their own numbers."""

    numbers_at_once = 0

    def __init__(self, items: int, run: Run | None = None) -> None:
        self.items = items
        self.run = run or Run()
        self.shard = Shard.of(items, self.run.group, sharded=False)

    def draw(self, items: torch.Tensor) -> tuple[torch.Tensor]:
        return (items,)
