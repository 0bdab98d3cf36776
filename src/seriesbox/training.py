"""The one epoch loop."""

import math
import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from seriesbox.channel import Batch, Channel
from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.gradient_step import GradientStep
from seriesbox.network.gpu import advice
from seriesbox.optimization import Optimization
from seriesbox.run import Run, StoppedError
from seriesbox.schedule import Schedule
from seriesbox.training_state import TrainingState

Losses = Callable[..., Tensor]


def optimize(
    module: nn.Module,
    channel: Channel,
    losses: Losses,
    evaluate: Callable[[float], Mapping[str, float]],
    hyperparameters: Optimization,
    run: Run,
) -> None:
    """Fit `module` by Adam on shuffled batches, from the start or from where an interrupted run stopped.

    A group takes steps together: `batch-size` is for each process, and gradients are those of all items of a step.
    It ends early when the run is stopped, when `max-seconds` are over, and after `patience` epochs without a better
    validation loss. With patience, the module gets the weights of the best epoch.

    losses: returns the (B,) losses of a batch that the channel has drawn.
    evaluate: gets the epoch's mean loss and returns the metrics to report, of which those of rank 0 count; it runs in
        evaluation mode, without gradients, and may raise StoppedError.
    Raises DataError if the loss is no longer finite, HyperparameterError if more epochs have begun than are asked for,
    and UserError if the run is stopped before the first step.
    """
    loop = _Loop(module, channel.items, losses, hyperparameters, run)
    if sentence := advice(run.device, channel.numbers_at_once, hyperparameters.batch_size):
        run.listener.warn(sentence)
    try:
        while not loop.is_over():
            module.train()
            for items in loop.steps():
                loop.step(channel.draw(items), len(items))
            module.eval()
            with torch.inference_mode():
                metrics = evaluate(loop.state.mean_loss())
            loop.end_epoch(metrics)
    except StoppedError:
        if not loop.state.progress.has_begun:
            raise UserError(STOPPED_BEFORE_TRAINING) from None
    finally:
        loop.gradient_step.end()
    module.eval()
    loop.save()
    loop.end()


class _Loop:
    """The steps and epochs of one training, and the bookkeeping between them."""

    def __init__(self, module: nn.Module, items: int, losses: Losses, sizes: Optimization, run: Run) -> None:
        self.module, self.items, self.hyperparameters, self.run = module, items, sizes, run
        self.schedule = Schedule.of(sizes, items, run.group.world_size)
        run.listener.begun(self.schedule.epochs, self.schedule.sentence)
        self.state = TrainingState(module, sizes.lr, run.device)
        if self.state.restore(run.store, run.group):
            self.state.progress.check(self.schedule.epochs)
            if self.state.history:
                run.listener.resumed(self.state.history)
        for tensor in module.state_dict().values():
            tensor.copy_(run.group.broadcast(tensor))
        # A GPU repeats what it has recorded for batches of one size.
        multiple = sizes.batch_size if run.device.type == "cuda" else 1
        self.gradient_step = GradientStep(module, losses, self.state.optimizer, run, multiple)

    @property
    def seconds(self) -> float:
        """The seconds spent so far, including those of earlier runs."""
        return self.state.progress.seconds + time.monotonic() - self.run.started

    def is_over(self) -> bool:
        """Return whether there is no epoch left."""
        progress, patience = self.state.progress, self.hyperparameters.patience
        return progress.epoch > self.schedule.epochs or 0 < patience <= progress.epoch - 1 - progress.best_epoch

    def steps(self) -> Iterator[Tensor]:
        """Yield the items of each step that is left in this epoch. Raises StoppedError between two steps."""
        state, size = self.state, self.hyperparameters.batch_size * self.run.group.world_size
        state.set_generators(state.epoch_generators)
        steps = self.run.group.broadcast(torch.randperm(self.items)).to(self.run.device).split(size)
        if state.step_generators:
            state.set_generators(state.step_generators)
            state.step_generators = {}
        for step in steps[state.progress.steps :]:
            self.pause()
            yield step
            self.run.listener.step(state.progress.steps / len(steps))

    def pause(self) -> None:
        """Stop or save between two steps, if any process wants to."""
        store, limit = self.run.store, self.hyperparameters.max_seconds or math.inf
        stops = self.run.stopped() or (self.state.progress.has_begun and self.seconds > limit)
        saves = store is not None and store.is_due()
        stops, saves = self.run.group.all_reduce_max(np.array([stops, saves], np.int32))
        if stops:
            raise StoppedError
        if saves:
            self.save()

    def step(self, batch: Batch, items: int) -> None:
        """Take one step by this process' batch of the step's items."""
        self.state.total_loss.add_(self.gradient_step.take(batch, items), alpha=items)
        self.state.progress.seen += items
        self.state.progress.steps += 1

    def end_epoch(self, metrics: Mapping[str, float]) -> None:
        """Report the epoch, and keep its weights if it is the best so far."""
        state, progress = self.state, self.state.progress
        valid = next((value for name, value in metrics.items() if name.startswith("valid_")), math.inf)
        loss = float(self.run.group.broadcast(torch.tensor(valid, dtype=torch.float64)))
        if self.hyperparameters.patience and loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = loss, progress.epoch
            state.best = {name: tensor.clone() for name, tensor in self.module.state_dict().items()}
        state.history.append({"epoch": progress.epoch, **metrics})
        self.run.listener.epoch(progress.epoch, metrics)
        progress.epoch, progress.steps, progress.seen = progress.epoch + 1, 0, 0
        state.total_loss.zero_()
        state.epoch_generators = state.generators()

    def end(self) -> None:
        """Restore the weights of the best epoch if there is patience, and report the metrics of the model."""
        state = self.state
        if state.best:
            self.module.load_state_dict(state.best)
        if state.history:
            epoch = state.progress.best_epoch or len(state.history)
            self.run.listener.ended(state.history[epoch - 1], is_best=bool(state.best))

    def save(self) -> None:
        """Save the state if rank 0 has a store. Raises DataError if the loss is not finite."""
        self.state.mean_loss()
        if self.run.group.any(self.run.store is not None):
            self.state.save(self.run.store, self.run.group, self.seconds)
