import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.evaluation import mean_loss
from seriesbox.run import Run, StoppedError
from seriesbox.tables.table import Table
from tests.number_channel import NumberChannel


def loss(items):
    return items.double().square()


@given(items=st.integers(1, 50), most=st.integers(1, 60), batch_size=st.integers(1, 20))
def test_the_mean_is_that_of_the_losses_item_by_item(items, most, batch_size):
    channel = NumberChannel(items)
    chosen = range(0, items, channel.shard.stride_for(most))
    expected = np.mean([float(loss(torch.tensor(item))) for item in chosen])
    assert mean_loss(channel, most, batch_size, loss) == pytest.approx(expected, rel=1e-12)


def test_generators_of_random_numbers_are_left_as_they_were():
    channel = SeriesChannel("validation", [Table.of(np.random.default_rng(0).normal(size=(9, 12)))], SIZES, Run())
    channel.prepare(channel.fit_scaler())
    torch.manual_seed(0)
    before = torch.get_rng_state()
    losses = [mean_loss(channel, 9, 4, lambda row, start, length: start.double().mean(dim=1)) for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), before)
    assert losses[0] == losses[1]


SIZES = CNNKMeansHyperparameters(clusters=2)


def test_a_stop_ends_the_evaluation_between_two_batches():
    batches = []
    channel = NumberChannel(10, Run(stopped=lambda: len(batches) == 2))
    with pytest.raises(StoppedError):
        mean_loss(channel, 10, 1, lambda batch: batches.append(batch) or loss(batch))
    assert len(batches) == 2
