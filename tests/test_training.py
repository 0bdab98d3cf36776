import threading
from itertools import chain

import pytest
import torch

from seriesbox.errors import DataError
from seriesbox.training import Optimization, Run, StoppedError, finished, optimize


def test_every_item_is_visited_once_an_epoch_in_another_order():
    torch.manual_seed(0)
    module = torch.nn.Linear(1, 1)
    epochs: list[list[list[int]]] = [[]]
    reported = []

    def loss(batch):
        epochs[-1].append(batch.tolist())
        return module(batch[:, None].float()).square().mean()

    def evaluate(mean_loss):
        epochs.append([])
        return {"loss": mean_loss}

    run = Run(report=lambda epoch, metrics: reported.append((epoch, metrics["loss"])))
    optimize(module, 10, loss, evaluate, Optimization(batch_size=4, epochs=2, lr=0.1), run)
    first, second, _ = epochs
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(10))
    assert first != second
    assert [epoch for epoch, _ in reported] == [1, 2]
    assert reported[1][1] < reported[0][1]


def test_the_reported_loss_is_the_mean_over_items_not_batches():
    module = torch.nn.Linear(1, 1)
    reported = []

    def loss(batch):
        return 0 * module.weight.sum() + batch.float().mean()

    run = Run(report=lambda epoch, metrics: reported.append(metrics["loss"]))
    optimize(module, 10, loss, lambda mean_loss: {"loss": mean_loss}, Optimization(batch_size=4, epochs=1), run)
    assert reported == [4.5]


def test_whoever_hears_of_an_epoch_may_compute_gradients():
    module = torch.nn.Linear(1, 1)

    def loss(batch):
        return module(batch[:, None].float()).square().mean()

    run = Run(report=lambda epoch, metrics: loss(torch.arange(3)).backward())
    optimize(module, 10, loss, lambda mean_loss: {}, Optimization(epochs=1), run)


def test_a_loss_that_explodes_names_the_epoch_and_the_way_out():
    module = torch.nn.Linear(1, 1)

    def loss(batch):
        return (module.weight * 1e38).square().mean()

    with pytest.raises(DataError, match=r"training loss became inf in epoch 1: lower `lr`, which is 0.5"):
        optimize(module, 10, loss, lambda mean_loss: {}, Optimization(lr=0.5), Run())


def test_a_stopped_run_ends_after_the_step_it_is_in_and_reports_no_half_epoch():
    module = torch.nn.Linear(1, 1)
    steps, reported = [], []

    def loss(batch):
        steps.append(len(batch))
        return module.weight.sum().square()

    run = Run(report=lambda epoch, metrics: reported.append(epoch), stopped=lambda: len(steps) == 5)
    optimize(module, 10, loss, lambda mean_loss: {}, Optimization(batch_size=4, epochs=9), run)
    assert len(steps) == 5  # three make an epoch
    assert reported == [1]
    assert not module.training  # as after a whole run: dropout is off


def test_what_cannot_be_stopped_is_left_behind_and_otherwise_finished():
    ended = threading.Event()
    assert finished(Run(), lambda: 42) == 42
    begun = threading.Event()
    with pytest.raises(StoppedError):
        finished(Run(stopped=begun.is_set), lambda: begun.set() or ended.wait(30))
    ended.set()
    with pytest.raises(ZeroDivisionError):
        finished(Run(), lambda: 1 / 0)
