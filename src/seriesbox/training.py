"""The one epoch loop, and what the platform decides about a training."""

import json
import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import safetensors.torch
import torch
from torch import Tensor, nn

from seriesbox.errors import STOPPED_EARLY, DataError, HyperparameterError, UserError
from seriesbox.group import Group, Shard
from seriesbox.hyperparameters import Optimization

Result = TypeVar("Result")
Kept = tuple[dict[str, Tensor], dict[str, Any]]


class StoppedError(Exception):
    """The run is to end: raised where a long computation notices it, for the epoch loop to catch."""


class Store(Protocol):
    """Where the state of a training is kept, so that an interrupted one can go on."""

    def load(self) -> Kept | None:
        """The newest state, as `save` got it; None where there is none."""
        ...

    def due(self) -> bool:
        """Whether it is time to save again."""
        ...

    def save(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Keep a state: tensors, and what JSON can say."""
        ...


@dataclass(frozen=True)
class Run:
    """What the platform decides: where to compute, who listens, whether to end early, what is kept.

    report: gets an epoch and its metrics. advance: gets the share of an epoch that is done, step by step.
    resumed: is told when there is a history from before. history: the epochs so far, those from before included.
    concluded: gets the metrics of the epoch whose state remains in the end, where there is one. began: on the clock of
    `time.monotonic`, when the time began that `max-seconds` limits.
    group: who trains together. The first one's listeners and store count.
    divided: the channels of which every host has a part of its own; of the others, all hosts have all.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    report: Callable[[int, Mapping[str, float]], None] = lambda epoch, metrics: None
    resumed: Callable[[], None] = lambda: None
    concluded: Callable[[Mapping[str, float]], None] = lambda metrics: None
    began: float = field(default_factory=time.monotonic)
    advance: Callable[[float], None] = lambda share: None
    stopped: Callable[[], bool] = lambda: False
    store: Store | None = None
    history: list[dict[str, float]] = field(default_factory=list)
    group: Group = field(default_factory=Group)
    divided: Collection[str] = ()

    def shard(self, channel: str, count: int) -> Shard:
        """Which of all items of a channel this process has, when it has so many."""
        return self.group.shard(count, channel in self.divided)

    def has_data(self, channel: str, tables: Collection[object]) -> bool:
        """Whether any process has tables of a channel. Raises DataError where none has, and some should."""
        found = self.group.any(bool(tables))
        if not found and channel in {"training", *self.divided}:
            raise DataError(f"The `{channel}` channel has no data on any host: give it one file or more.")
        return found

    def go_on(self) -> None:
        """Raise StoppedError where the run is to end; in a group, within `together`."""
        if self.stopped():
            raise StoppedError

    def together(self, compute: Callable[[], Result]) -> Result:
        """What this process computes. Raises StoppedError in all processes where `compute` does in any."""
        results: list[Result] = []
        with suppress(StoppedError):
            results.append(compute())
        if self.group.any(not results):
            raise StoppedError
        return results[0]


def optimize(
    module: nn.Module,
    items: int,
    loss: Callable[[Tensor], Tensor | None],
    evaluate: Callable[[float], Mapping[str, float]],
    hyperparameters: Optimization,
    run: Run,
) -> None:
    """Fit `module` by Adam on shuffled batches, from where an interrupted run was to the last epoch.

    A group takes steps together: `batch-size` is for each process, and gradients are those of all items of a step.
    It ends earlier after the first step at which the run is stopped or `max-seconds` are over, and after `patience`
    epochs without a better validation loss; with validation and patience, the best epoch's state is what remains.

    items: how many there are to shuffle, in the whole group.
    loss: gets the indices of a step's items, and returns what those that are this process' add to their mean loss; or
        None, where none is.
    evaluate: gets the epoch's mean loss and returns the metrics to report, of which the first process' count; runs in
        evaluation mode, without gradients, and may raise StoppedError.
    Raises DataError when the loss is no longer finite, and UserError where the run is stopped before the first step.
    """
    state = _State(module, hyperparameters, run)
    try:
        while not state.over():
            for batch in state.batches(items):
                module.train()
                state.step(loss(batch.to(run.device)), len(batch))
            module.eval()
            with torch.inference_mode():
                metrics = evaluate(state.mean_loss())
            state.end_epoch(metrics)
    except StoppedError:
        if not state.begun():
            raise UserError(STOPPED_EARLY) from None
    module.eval()
    state.keep()
    state.conclude()


@dataclass
class _Progress:
    """How far a training has come, as JSON can say it."""

    epoch: int = 1
    steps: int = 0  # of this epoch
    seen: int = 0  # items of this epoch
    seconds: float = 0.0  # spent by earlier runs
    best_epoch: int = 0
    best: float = math.inf


class _State:
    """Everything that decides how a training goes on: kept and restored, it goes on as if nothing had happened."""

    def __init__(self, module: nn.Module, hyperparameters: Optimization, run: Run) -> None:
        self.module, self.hyperparameters, self.run = module, hyperparameters, run
        self.optimizer = torch.optim.Adam(module.parameters(), lr=hyperparameters.lr, fused=True)
        self.progress = _Progress()
        self.total = torch.zeros((), device=run.device)  # loss of this epoch, item by item
        self.best: dict[str, Tensor] = {}
        self.began = _generators(run.device)  # as this epoch began
        self.now: dict[str, Tensor] = {}  # as they were when this epoch was left in the middle
        if kept := _firsts(run.store, run.group):
            self._restore(*kept)
        for tensor in module.state_dict().values():
            tensor.copy_(run.group.firsts(tensor))

    def begun(self) -> bool:
        """Whether anything was learnt, now or before an interruption."""
        return self.progress.epoch > 1 or self.progress.steps > 0

    def over(self) -> bool:
        """Whether there is no epoch to come."""
        patience, waited = self.hyperparameters.patience, self.progress.epoch - 1 - self.progress.best_epoch
        return self.progress.epoch > self.hyperparameters.epochs or 0 < patience <= waited

    def batches(self, items: int) -> Iterator[Tensor]:
        """The items of every step of this epoch that is not done. Raises StoppedError between two of them."""
        _set_generators(self.began)
        steps = self._steps(items)
        if self.now:
            _set_generators(self.now)
            self.now = {}
        for step in steps[self.progress.steps :]:
            self._pause()
            yield step
            self.run.advance(self.progress.steps / len(steps))

    def step(self, loss: Tensor | None, items: int) -> None:
        """One step of the optimizer, by what this process adds to the mean loss of so many items."""
        self.optimizer.zero_grad()
        if loss is not None:
            loss.backward()
        mean = self.total.new_zeros(()) if loss is None else loss.detach()
        if self.run.group.size > 1:
            mean = self._added(mean)
        self.optimizer.step()
        self.total += mean * items
        self.progress.seen += items
        self.progress.steps += 1

    def mean_loss(self) -> float:
        """Of the epoch so far. Raises DataError where it is not finite."""
        mean = float(self.total) / max(1, self.progress.seen)
        if not math.isfinite(mean):
            raise DataError(
                f"The training loss became {mean} in epoch {self.progress.epoch}: lower `lr`, which is "
                f"{self.hyperparameters.lr}."
            )
        return mean

    def end_epoch(self, metrics: Mapping[str, float]) -> None:
        """Report, and see whether it is the best so far."""
        epoch = self.progress.epoch
        validation = next((value for name, value in metrics.items() if name.startswith("valid_")), math.inf)
        validation = float(self.run.group.firsts(torch.tensor(validation, dtype=torch.float64)))
        if self.hyperparameters.patience and validation < self.progress.best:
            self.progress.best, self.progress.best_epoch = validation, epoch
            self.best = {name: tensor.clone() for name, tensor in self.module.state_dict().items()}
        self.run.history.append({"epoch": epoch, **metrics})
        self.run.report(epoch, metrics)
        self.progress.epoch, self.progress.steps, self.progress.seen = epoch + 1, 0, 0
        self.total.zero_()
        self.began = _generators(self.run.device)

    def conclude(self) -> None:
        """Go back to the best epoch, where one was looked for, and tell its metrics."""
        if self.best:
            self.module.load_state_dict(self.best)
        if self.run.history:
            self.run.concluded(self.run.history[(self.progress.best_epoch or len(self.run.history)) - 1])

    def keep(self) -> None:
        """Save all this; the first process does it for all, where it has a store. Raises DataError as `mean_loss`."""
        self.mean_loss()  # what is no longer finite would fail again from there
        if not self.run.group.any(self.run.store is not None):
            return
        groups = {
            "module": self.module.state_dict(),
            "optimizer": {
                f"{index}.{name}": tensor
                for index, of_parameter in self.optimizer.state_dict()["state"].items()
                for name, tensor in of_parameter.items()
            },
            "best": self.best,
            "began": self._of_all(self.began),
            "now": self._of_all(self.now or _generators(self.run.device)) if self.progress.steps else {},
            "loss": {"total": self.total},
        }
        tensors = {f"{group}.{name}": tensor for group, each in groups.items() for name, tensor in each.items()}
        progress = asdict(self.progress) | {"seconds": self._seconds()}
        if self.run.store:
            self.run.store.save(tensors, {"progress": progress, "history": self.run.history})

    def _restore(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        groups: dict[str, dict[str, Tensor]] = {}
        for key, tensor in tensors.items():
            group, _, name = key.partition(".")
            groups.setdefault(group, {})[name] = tensor
        self.module.load_state_dict(groups["module"])
        of_parameters: dict[int, dict[str, Tensor]] = {}
        for key, tensor in groups.get("optimizer", {}).items():
            index, _, name = key.partition(".")
            of_parameters.setdefault(int(index), {})[name] = tensor
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": of_parameters})
        self.began, self.now = (
            {name: of_all[self.run.group.rank].clone() for name, of_all in groups.get(when, {}).items()}
            for when in ("began", "now")
        )
        self.best = groups.get("best", {})
        self.total.copy_(groups["loss"]["total"])
        self.progress = _Progress(**facts["progress"])
        self.run.history[:] = facts["history"]
        if self.run.history:
            self.run.resumed()

    def _steps(self, items: int) -> Sequence[Tensor]:
        """The items in the order of the first process, cut into steps."""
        return self.run.group.firsts(torch.randperm(items)).split(self.hyperparameters.batch_size * self.run.group.size)

    def _pause(self) -> None:
        """Between two steps: end, or keep a state, if any process wants to."""
        late = self.begun() and self._seconds() > (self.hyperparameters.max_seconds or math.inf)
        ends = late or self.run.stopped()
        due = self.run.store is not None and self.run.store.due()
        ends, due = self.run.group.most(np.array([ends, due], np.int32))
        if ends:
            raise StoppedError
        if due:
            self.keep()

    def _added(self, mean: Tensor) -> Tensor:
        """Give every process the sum of all processes' gradients; and that of what is given."""
        parameters = [parameter for group in self.optimizer.param_groups for parameter in group["params"]]
        gradients = [torch.zeros_like(each) if each.grad is None else each.grad for each in parameters]
        together = torch.cat([each.flatten() for each in gradients] + [mean[None]])
        self.run.group.add(together)
        sums = together[:-1].split([each.numel() for each in parameters])
        for parameter, gradient in zip(parameters, sums, strict=True):
            parameter.grad = gradient.view_as(parameter)
        return together[-1]

    def _of_all(self, states: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The states of every process, one in a row."""
        return {name: torch.from_numpy(self.run.group.gather(state[None].numpy())) for name, state in states.items()}

    def _seconds(self) -> float:
        return self.progress.seconds + time.monotonic() - self.run.began


def _firsts(store: Store | None, group: Group) -> Kept | None:
    """What the first process' store has, for all."""
    kept = store.load() if store and group.rank == 0 else None
    if group.size == 1:
        return kept
    packed = group.firsts_bytes(_packed(*kept) if kept else b"")
    return _unpacked(packed) if packed else None


def _packed(tensors: dict[str, Tensor], facts: dict[str, Any]) -> bytes:
    written = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    return safetensors.torch.save({**tensors, "facts": torch.from_numpy(written.copy())})


def _unpacked(packed: bytes) -> Kept:
    tensors = safetensors.torch.load(packed)
    return tensors, json.loads(tensors.pop("facts").numpy().tobytes())


def _generators(device: torch.device) -> dict[str, Tensor]:
    """The state of every generator of random numbers that a training draws from."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def _set_generators(states: Mapping[str, Tensor]) -> None:
    torch.set_rng_state(states["cpu"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"])


def begin(hyperparameters: Optimization, train: Collection[object], validation: Collection[object], run: Run) -> bool:
    """What every training begins with: generators are seeded. Returns whether there is anything to validate with.

    Raises DataError where there is no data, and HyperparameterError where nothing could tell which epoch is the best.
    """
    run.has_data("training", train)
    validated = run.has_data("validation", validation)
    if hyperparameters.patience and not validated:
        raise HyperparameterError("`patience` compares epochs by a validation channel: give one, or leave it out.")
    torch.manual_seed(hyperparameters.seed + run.group.rank)  # weights and order are the first process'
    return validated


def finished(run: Run, compute: Callable[[], Result]) -> Result:
    """The result of what cannot be stopped half-way. Raises StoppedError as soon as the run is to end.

    The computation is then left behind, and ends with the process.
    """
    results: list[Result] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(compute())
        except Exception as error:
            errors.append(error)

    run.go_on()
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not run.stopped():
        thread.join(0.1)
    if errors:
        raise errors[0]
    if not results:
        raise StoppedError
    return results[0]
