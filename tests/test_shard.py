"""How items are divided among processes; real processes train in sagemaker/training/test_process.py."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.distributed import Group
from seriesbox.shard import Shard


@st.composite
def groups(draw):
    """The shards of all processes: of items that all processes hold, or of items that the hosts have divided."""
    replicas = draw(st.integers(1, 3))
    if draw(st.booleans()):
        total = draw(st.integers(1, 50))
        return [Shard(0, total, total, replica, replicas) for replica in range(replicas)]
    counts = draw(st.lists(st.integers(0, 20), min_size=1, max_size=4).filter(any))
    return [
        Shard(sum(counts[:host]), count, sum(counts), replica, replicas)
        for host, count in enumerate(counts)
        for replica in range(replicas)
    ]


def items(shard):
    return np.arange(shard.start, shard.start + shard.count)


@given(groups(), st.randoms(use_true_random=False))
def test_every_item_of_a_step_is_computed_by_exactly_one_process(shards, dice):
    step = torch.tensor(dice.sample(range(shards[0].total), dice.randint(0, shards[0].total)), dtype=torch.int64)
    computed = np.concatenate([items(shard)[shard.own(step).numpy()] for shard in shards])
    assert sorted(computed) == sorted(step.tolist())


@given(groups())
def test_the_shares_of_all_processes_are_all_items_in_order(shards):
    shares = [items(shard)[shard.share(shard.count)] for shard in shards]
    assert np.concatenate(shares).tolist() == list(range(shards[0].total))


@given(groups(), st.integers(1, 60))
def test_every_nth_item_is_the_same_however_the_items_are_divided(shards, most):
    whole = Shard(0, shards[0].total, shards[0].total, 0, 1)
    step = whole.stride_for(most)
    chosen = {item for shard in shards for item in items(shard)[shard.held_at_stride(step)]}
    assert sorted(chosen) == whole.all_at_stride(step).tolist()
    assert min(most, shards[0].total) / 2 <= len(chosen) <= most


def shards_of(counts, replicas, sharded):
    """Return the shards of all processes, which hold these numbers of items."""
    shards = []
    for rank, count in enumerate(counts):
        group = Group(rank, len(counts), local_rank=rank % replicas, local_world_size=replicas)
        group.all_gather = lambda _: np.array(counts)
        shards.append(Shard.of(count, group, sharded))
    return shards


@given(st.lists(st.integers(0, 20), min_size=1, max_size=4), st.integers(1, 3))
def test_if_items_are_sharded_each_host_holds_those_after_the_hosts_before_it(counts, replicas):
    shards = shards_of(np.repeat(counts, replicas).tolist(), replicas, sharded=True)
    assert shards == [
        Shard(sum(counts[:host]), count, sum(counts), replica, replicas)
        for host, count in enumerate(counts)
        for replica in range(replicas)
    ]


@given(st.integers(0, 20), st.integers(1, 6))
def test_if_items_are_not_sharded_every_process_is_a_replica_with_all(count, processes):
    shards = shards_of([count] * processes, 1, sharded=False)
    assert shards == [Shard(0, count, count, rank, processes) for rank in range(processes)]
