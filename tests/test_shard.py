"""How items are divided among processes; real processes are tried in sagemaker/training/test_hosts.py."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

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
def test_every_item_of_a_step_is_some_process_own_and_no_other_s(shards, dice):
    step = torch.tensor(dice.sample(range(shards[0].total), dice.randint(0, shards[0].total)), dtype=torch.int64)
    found = np.concatenate([items(shard)[shard.own(step).numpy()] for shard in shards])
    assert sorted(found) == sorted(step.tolist())


@given(groups())
def test_every_item_is_some_process_share_and_their_order_is_that_of_the_processes(shards):
    shares = [items(shard)[shard.share(shard.count)] for shard in shards]
    assert np.concatenate(shares).tolist() == list(range(shards[0].total))


@given(groups(), st.integers(1, 60))
def test_some_items_are_the_same_however_they_are_divided(shards, most):
    whole = Shard(0, shards[0].total, shards[0].total, 0, 1)
    step = whole.step_for(most)
    found = {item for shard in shards for item in items(shard)[shard.held(step)]}
    assert sorted(found) == whole.every(step).tolist()
    assert min(most, shards[0].total) / 2 <= len(found) <= most
