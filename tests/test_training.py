from itertools import chain

import pytest
import torch

from seriesbox.errors import DataError
from seriesbox.optimization import Optimization
from seriesbox.run import Run
from seriesbox.training import optimize
from tests.number_channel import NumberChannel
from tests.recorder import Recorder


def test_every_item_is_visited_once_an_epoch_in_another_order():
    torch.manual_seed(0)
    module = torch.nn.Linear(1, 1)
    epochs: list[list[list[int]]] = [[]]

    def loss(batch):
        epochs[-1].append(batch.tolist())
        return module(batch[:, None].float()).square()[:, 0]

    def evaluate(mean_loss):
        epochs.append([])
        return {"loss": mean_loss}

    recorder = Recorder()
    optimize(
        module, NumberChannel(10), loss, evaluate, Optimization(batch_size=4, epochs=2, lr=0.1), Run(listener=recorder)
    )
    first, second, _ = epochs
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(10))
    assert first != second
    assert recorder.epochs == [1, 2]
    assert recorder.history[1]["loss"] < recorder.history[0]["loss"]


def test_the_reported_loss_is_the_mean_over_items_not_batches():
    module, recorder = torch.nn.Linear(1, 1), Recorder()

    def loss(batch):
        return 0 * module.weight.sum() + batch.float()

    sizes = Optimization(batch_size=4, epochs=1)
    optimize(module, NumberChannel(10), loss, lambda mean_loss: {"loss": mean_loss}, sizes, Run(listener=recorder))
    assert [metrics["loss"] for metrics in recorder.history] == [4.5]


def test_a_listener_may_compute_gradients():
    module = torch.nn.Linear(1, 1)

    def loss(batch):
        return module(batch[:, None].float()).square()[:, 0]

    recorder = Recorder(on_epoch=lambda: loss(torch.arange(3)).sum().backward())
    optimize(module, NumberChannel(10), loss, lambda mean_loss: {}, Optimization(epochs=1), Run(listener=recorder))
    assert recorder.epochs == [1]


def test_a_loss_that_explodes_names_the_epoch_and_the_way_out():
    module = torch.nn.Linear(1, 1)

    def loss(batch):
        return (module.weight * 1e38).square()[0].expand(len(batch))

    with pytest.raises(DataError, match=r"training loss became inf in epoch 1: lower `lr`, which is 0.5"):
        optimize(module, NumberChannel(10), loss, lambda mean_loss: {}, Optimization(lr=0.5), Run())


def test_a_stopped_run_ends_after_the_step_it_is_in_and_reports_no_half_epoch():
    module, recorder = torch.nn.Linear(1, 1), Recorder()
    steps = []

    def loss(batch):
        steps.append(len(batch))
        return module.weight.sum().square().expand(len(batch))

    run = Run(listener=recorder, stopped=lambda: len(steps) == 5)
    optimize(module, NumberChannel(10), loss, lambda mean_loss: {}, Optimization(batch_size=4, epochs=9), run)
    assert len(steps) == 5  # three make an epoch
    assert recorder.epochs == [1]
    assert not module.training  # as after a whole run: dropout is off
