"""The platform's decisions about a training: its device, its processes, its listener, its store, and its stop."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import torch
from numpy.typing import NDArray

from seriesbox.distributed import Group
from seriesbox.listener import Listener
from seriesbox.network.types import Tensors

Result = TypeVar("Result")
Array = NDArray[Any]


class StoppedError(Exception):
    """The run was stopped. Long computations raise it when they notice."""


class Store(Protocol):
    """A place for the state of a training, so that an interrupted one can be resumed."""

    def load(self) -> tuple[Tensors, dict[str, Any]] | None:
        """Return the newest state, as `save` got it; None if there is none."""
        ...

    def is_due(self) -> bool:
        """Return whether it is time to save again."""
        ...

    def save(self, tensors: Tensors, facts: Mapping[str, Any]) -> None:
        """Keep a copy of a state: its tensors, and facts that JSON can express."""
        ...


@dataclass
class Run:
    """The platform's decisions about one training.

    group: the processes that train together. Only rank 0's listener and store are used.
    sharded: the channels of which every host has a part of its own; all hosts have all of the others.
    started: the start of the time that `max-seconds` limits, on the clock of `time.monotonic`.
    stopped: returns whether the run has been asked to stop.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    group: Group = field(default_factory=Group)
    listener: Listener = field(default_factory=Listener)
    store: Store | None = None
    sharded: Collection[str] = ()
    started: float = field(default_factory=time.monotonic)
    stopped: Callable[[], bool] = lambda: False
    _in_a_hurry: bool = field(default=False, init=False)

    def seed(self, seed: int) -> None:
        """Seed the generator of this process. Initial weights and the order of items are those of rank 0."""
        torch.manual_seed(seed + self.group.rank)

    def check(self) -> None:
        """Raise StoppedError if the run was stopped. In a group, call it within `in_step` alone."""
        if self.stopped() and not self._in_a_hurry:
            raise StoppedError

    def in_step(self, compute: Callable[[], Result]) -> Result:
        """Return what this process computes. Raises StoppedError in every process if any of them raises it."""
        results: list[Result] = []
        with suppress(StoppedError):
            results.append(compute())
        if self.group.any(not results):
            raise StoppedError
        return results[0]

    def all_reduce(self, compute: Callable[[], Array]) -> Array:
        """Return the sum of what all processes compute. Raises StoppedError as `in_step`."""
        return self.group.all_reduce(self.in_step(compute))

    def gather(self, compute: Callable[[], Array]) -> Array:
        """Return all processes' rows on rank 0, and no rows elsewhere. Raises StoppedError as `in_step`."""
        return self.group.gather(self.in_step(compute))

    def broadcast(self, compute: Callable[[], Array], like: Array) -> Array:
        """Return what rank 0 computes, an array like the one given. Raises StoppedError as `interruptible`."""
        computed = self.in_step(lambda: self.interruptible(compute) if self.group.rank == 0 else like)
        return self.group.broadcast(torch.from_numpy(computed)).numpy()

    def interruptible(self, compute: Callable[[], Result]) -> Result:
        """Return the result of a computation that cannot notice stops. Raises StoppedError if the run is stopped.

        The computation is then left behind in its thread, and ends with the process.
        """
        results: list[Result] = []
        errors: list[Exception] = []

        def work() -> None:
            try:
                results.append(compute())
            except Exception as error:
                errors.append(error)

        self.check()
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        while thread.is_alive() and (self._in_a_hurry or not self.stopped()):
            thread.join(0.1)
        if errors:
            raise errors[0]
        if not results:
            raise StoppedError
        return results[0]

    def or_quickly(self, thorough: Callable[[], Result], quick: Callable[[], Result]) -> Result:
        """Return the result of `thorough` or, if the run is stopped, of `quick`: only seconds may be left.

        `thorough` must raise StoppedError in all processes or in none.
        """
        if not self._in_a_hurry:
            with suppress(StoppedError):
                return thorough()
            self._in_a_hurry = True
        return quick()
