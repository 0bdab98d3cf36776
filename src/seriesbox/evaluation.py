"""The loss of some of a channel's items, between two epochs."""

from collections.abc import Callable

import torch
from torch import Tensor

from seriesbox.channel import Channel
from seriesbox.network.torch_network import as_array


def mean_loss(channel: Channel, max_items: int, batch_size: int, losses: Callable[..., Tensor]) -> float:
    """Return the mean loss of at most `max_items` items of all processes, evenly spread.

    batch_size: the items that one process computes at once. losses: returns the (B,) losses of a batch.
    Generators of random numbers are left as they were. Raises StoppedError if the run is stopped.
    """
    run, shard = channel.run, channel.shard
    items = shard.all_at_stride(shard.stride_for(max_items))
    with torch.random.fork_rng([run.device] if run.device.type == "cuda" else []):
        batches = [channel.draw(part.to(run.device)) for part in items.split(batch_size * run.group.world_size)]

    def own_sum() -> Tensor:
        total = torch.zeros((), dtype=torch.float64, device=run.device)
        for batch in batches:
            run.check()
            if len(batch[0]):
                total += losses(*batch).sum(dtype=torch.float64)
        return total

    return float(run.all_reduce(lambda: as_array(own_sum()))) / len(items)
