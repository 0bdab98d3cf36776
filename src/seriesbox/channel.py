"""One channel of a training: its tables, and the batches that the steps draw from them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

from torch import Tensor

from seriesbox.distributed import Group
from seriesbox.errors import DataError, HyperparameterError, raise_errors
from seriesbox.run import Run
from seriesbox.scaler import Scaler
from seriesbox.shard import Shard
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table

Batch = tuple[Tensor, ...]
"""Tensors (B, ...) that describe B items to the loss, on the device that trains."""


class Channel(ABC):
    """The items of one channel, for training and validation alike. A step draws a batch of them."""

    shard: Shard  # of the items; set by `prepare`
    numbers_at_once = 0  # of the network's widest layer in a step, as far as they do not wait for each other; if known

    def __init__(self, name: str, tables: Sequence[Table], hyperparameters: Any, run: Run) -> None:
        """Take over checked tables. If they are a `TableStack`, its memory becomes the items."""
        self.name, self.tables, self.hyperparameters, self.run = name, stack_tables(tables), hyperparameters, run
        self.sharded = name in run.sharded

    @classmethod
    def open(
        cls, hyperparameters: Any, training: Sequence[Table], validation: Sequence[Table], run: Run
    ) -> tuple[Self, Self | None]:
        """Return the training channel, and the validation channel if any process has data for it.

        Raises DataError with everything that is wrong with the tables, or if a channel that should have data has none;
        HyperparameterError if `patience` has nothing to compare.
        """
        has_data = {
            name: run.group.any(bool(tables)) for name, tables in (("training", training), ("validation", validation))
        }
        for name in ("training", *sorted(run.sharded)):
            if not has_data.get(name, True):
                raise DataError(f"The `{name}` channel has no data on any host: give it one file or more.")
        if hyperparameters.patience and not has_data["validation"]:
            raise HyperparameterError("`patience` compares epochs by validation data: give some, or leave it out.")
        raise_errors(cls.faults(hyperparameters, training, validation, run.group))
        train = cls("training", training, hyperparameters, run)
        return train, cls("validation", validation, hyperparameters, run) if has_data["validation"] else None

    @staticmethod
    @abstractmethod
    def faults(
        hyperparameters: Any, training: Sequence[Table], validation: Sequence[Table], group: Group
    ) -> list[DataError]:
        """Return what is wrong with this process' tables, one by one."""

    @staticmethod
    def test_faults(hyperparameters: Any, test: Sequence[Labelled], columns: int) -> list[DataError]:
        """Return what is wrong with labelled tables. columns: of the training tables; 0 if they are not known."""
        return [DataError("This algorithm has no use for a `test` channel: leave it out.")] if test else []

    @abstractmethod
    def prepare(self, scaler: Scaler) -> None:
        """Turn the tables into items, scaled, on the device that trains."""

    @property
    def items(self) -> int:
        """The number of items of all processes."""
        return self.shard.total

    @abstractmethod
    def draw(self, items: Tensor) -> Batch:
        """Return the batch of those of (B,) items, by their numbers among all items, that this process computes."""
