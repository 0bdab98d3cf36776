"""The loss of some of a channel's items, between two epochs."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seriesbox.channel import Batch, Channel


def mean_loss(channel: Channel[Batch], max_items: int, batch_size: int, loss: Callable[[Batch], Tensor]) -> float:
    """Return the mean loss of at most `max_items` items of all processes, evenly spread.

    batch_size: the items that one process computes at once. loss: returns the mean loss of a batch.
    Generators of random numbers are left as they were. Raises StoppedError if the run is stopped.
    """
    run, shard = channel.run, channel.shard
    items = shard.all_at_stride(shard.stride_for(max_items))
    with torch.random.fork_rng([run.device] if run.device.type == "cuda" else []):
        batches = [channel.draw(part.to(run.device)) for part in items.split(batch_size * run.group.world_size)]

    def own_part() -> NDArray[np.float64]:
        mean = np.zeros(1)
        for batch in batches:
            run.check()
            if len(batch):
                mean += float(loss(batch) * (len(batch) / len(items)))
        return mean

    return float(run.all_reduce(own_part)[0])
