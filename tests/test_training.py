import threading
from itertools import chain

import pytest
import torch

from seriesbox.errors import DataError
from seriesbox.hyperparameters import Optimization
from seriesbox.run import Run, StoppedError
from seriesbox.training import optimize
from tests.recorder import Recorder


class Numbers:
    """A channel whose items are their own numbers."""

    def __init__(self, items: int) -> None:
        self.items = items

    def draw(self, items: torch.Tensor) -> torch.Tensor:
        return items


def test_every_item_is_visited_once_an_epoch_in_another_order():
    torch.manual_seed(0)
    module = torch.nn.Linear(1, 1)
    epochs: list[list[list[int]]] = [[]]

    def loss(batch):
        epochs[-1].append(batch.tolist())
        return module(batch[:, None].float()).square().mean()

    def evaluate(mean_loss):
        epochs.append([])
        return {"loss": mean_loss}

    heard = Recorder()
    optimize(module, Numbers(10), loss, evaluate, Optimization(batch_size=4, epochs=2, lr=0.1), Run(listener=heard))
    first, second, _ = epochs
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(10))
    assert first != second
    assert heard.epochs == [1, 2]
    assert heard.history[1]["loss"] < heard.history[0]["loss"]


def test_the_reported_loss_is_the_mean_over_items_not_batches():
    module, heard = torch.nn.Linear(1, 1), Recorder()

    def loss(batch):
        return 0 * module.weight.sum() + batch.float().mean()

    sizes = Optimization(batch_size=4, epochs=1)
    optimize(module, Numbers(10), loss, lambda mean_loss: {"loss": mean_loss}, sizes, Run(listener=heard))
    assert [metrics["loss"] for metrics in heard.history] == [4.5]


def test_whoever_hears_of_an_epoch_may_compute_gradients():
    module = torch.nn.Linear(1, 1)

    def loss(batch):
        return module(batch[:, None].float()).square().mean()

    heard = Recorder(on_epoch=lambda: loss(torch.arange(3)).backward())
    optimize(module, Numbers(10), loss, lambda mean_loss: {}, Optimization(epochs=1), Run(listener=heard))
    assert heard.epochs == [1]


def test_a_loss_that_explodes_names_the_epoch_and_the_way_out():
    module = torch.nn.Linear(1, 1)

    def loss(batch):
        return (module.weight * 1e38).square().mean()

    with pytest.raises(DataError, match=r"training loss became inf in epoch 1: lower `lr`, which is 0.5"):
        optimize(module, Numbers(10), loss, lambda mean_loss: {}, Optimization(lr=0.5), Run())


def test_a_stopped_run_ends_after_the_step_it_is_in_and_reports_no_half_epoch():
    module, heard = torch.nn.Linear(1, 1), Recorder()
    steps = []

    def loss(batch):
        steps.append(len(batch))
        return module.weight.sum().square()

    run = Run(listener=heard, stopped=lambda: len(steps) == 5)
    optimize(module, Numbers(10), loss, lambda mean_loss: {}, Optimization(batch_size=4, epochs=9), run)
    assert len(steps) == 5  # three make an epoch
    assert heard.epochs == [1]
    assert not module.training  # as after a whole run: dropout is off


def test_what_cannot_be_stopped_is_left_behind_and_otherwise_finished():
    ended = threading.Event()
    assert Run().interruptible(lambda: 42) == 42
    begun = threading.Event()
    with pytest.raises(StoppedError):
        Run(stopped=begun.is_set).interruptible(lambda: begun.set() or ended.wait(30))
    ended.set()
    with pytest.raises(ZeroDivisionError):
        Run().interruptible(lambda: 1 / 0)


def test_a_stopped_run_takes_the_quick_way_to_its_end():
    run = Run(stopped=lambda: True)

    def thorough():
        run.check()

    def quick():
        run.check()  # does not raise again
        return run.interruptible(lambda: "quick")

    assert run.or_quickly(thorough, quick) == "quick"
    assert Run().or_quickly(lambda: "thorough", quick) == "thorough"
