"""The length of a training."""

import math
from typing import NamedTuple, Self

from seriesbox.optimization import Optimization

FEW_STEPS = 500  # on the archive's sets, clusters get better with more, up to about here


class Schedule(NamedTuple):
    """The epochs of a training, and the gradient steps of each."""

    epochs: int
    steps: int

    @classmethod
    def of(cls, hyperparameters: Optimization, items: int, processes: int) -> Self:
        """Return the schedule for a number of items; more epochs than `epochs` if `min-updates` needs them."""
        steps = math.ceil(items / (hyperparameters.batch_size * processes))
        return cls(max(hyperparameters.epochs, math.ceil(hyperparameters.min_updates / steps)), steps)

    @property
    def sentence(self) -> str:
        """A sentence about the training, with advice if its steps are few."""
        steps = self.epochs * self.steps
        text = f"Trains for {_count(self.epochs, 'epoch')} of {_count(self.steps, 'gradient step')}, {steps:,} in all."
        if steps < FEW_STEPS:
            text += f" These are few: if results are poor, set `min-updates` to {FEW_STEPS}, or raise `epochs`."
        return text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
