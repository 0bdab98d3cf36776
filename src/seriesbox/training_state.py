"""The whole state of a training. A training that saves and restores it continues as if never interrupted."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seriesbox import codec
from seriesbox.distributed import Group
from seriesbox.errors import DataError, HyperparameterError
from seriesbox.network.torch_network import arrays, as_array
from seriesbox.network.types import Tensors
from seriesbox.run import Store


@dataclass
class Progress:
    """How far a training has come."""

    epoch: int = 1
    steps: int = 0  # of this epoch
    seen: int = 0  # items of this epoch
    seconds: float = 0.0  # spent by earlier runs
    best_epoch: int = 0
    best_loss: float = math.inf

    @property
    def has_begun(self) -> bool:
        """Return whether a step has been taken."""
        return self.epoch > 1 or self.steps > 0

    def check(self, epochs: int) -> None:
        """Raise HyperparameterError if more than `epochs` epochs have begun."""
        finished, begun = self.epoch - 1, self.epoch if self.steps else self.epoch - 1
        if begun > epochs:
            more = " and a part of the next" if self.steps else ""
            raise HyperparameterError(
                f"The number of epochs, by `epochs` and `min-updates`, is {epochs}, but the training that is continued "
                f"has done {finished}{more}: give `epochs` {begun} or more, or begin anew without the checkpoints."
            )


class TrainingState:
    """The state of one process.

    total_loss: of this epoch, summed over its items.
    best: the module's state dict after the best epoch so far, if there is patience.
    epoch_generators: the states of the random number generators at the start of this epoch.
    step_generators: the same at the next step, if the epoch is resumed in its middle.
    history: the metrics of every epoch that has ended.
    """

    def __init__(self, module: nn.Module, lr: float, device: torch.device) -> None:
        self.module, self.lr, self.device = module, lr, device
        capturable = device.type == "cuda"
        self.optimizer = torch.optim.Adam(module.parameters(), lr=lr, fused=True, capturable=capturable)
        self.progress = Progress()
        self.total_loss = torch.zeros((), device=device)
        self.best: dict[str, Tensor] = {}
        self.epoch_generators = self.generators()
        self.step_generators: dict[str, Tensor] = {}
        self.history: list[dict[str, float]] = []

    def mean_loss(self) -> float:
        """Return the mean loss of the epoch so far. Raises DataError if it is not finite."""
        mean = float(self.total_loss) / max(1, self.progress.seen)
        if not math.isfinite(mean):
            epoch = self.progress.epoch
            raise DataError(f"The training loss became {mean} in epoch {epoch}: lower `lr`, which is {self.lr}.")
        return mean

    def generators(self) -> dict[str, Tensor]:
        """Return the state of every generator that a training draws from."""
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        return states

    def set_generators(self, states: Mapping[str, Tensor]) -> None:
        """Continue every generator from a state."""
        torch.set_rng_state(states["cpu"])
        if "cuda" in states:
            torch.cuda.set_rng_state(states["cuda"])

    def save(self, store: Store | None, group: Group, seconds: float) -> None:
        """Save the state in the store of rank 0. All processes call this together: each has generators of its own."""
        step_generators = self.step_generators or self.generators()
        tensors = {
            "module": arrays(self.module.state_dict()),
            "optimizer": codec.flatten(
                {str(index): arrays(state) for index, state in self.optimizer.state_dict()["state"].items()}
            ),
            "best": arrays(self.best),
            "epoch_generators": _gather(self.epoch_generators, group),
            "step_generators": _gather(step_generators, group) if self.progress.steps else {},
            "loss": {"total": as_array(self.total_loss)},
        }
        if store:
            progress = asdict(self.progress) | {"seconds": seconds}
            store.save(codec.flatten(tensors), {"progress": progress, "history": self.history})

    def restore(self, store: Store | None, group: Group) -> bool:
        """Take over the state in the store of rank 0. Returns whether there is one."""
        saved = store.load() if store and group.rank == 0 else None
        content = group.broadcast_bytes(codec.encode(*saved) if saved else b"") if group.world_size > 1 else b""
        if content:
            saved = codec.decode(content)
        if not saved:
            return False
        groups = codec.unflatten(saved[0])
        self.module.load_state_dict(_tensors(groups["module"]))
        optimizer = {
            int(index): _tensors(state) for index, state in codec.unflatten(groups.get("optimizer", {})).items()
        }
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": optimizer})
        self.best = _tensors(groups.get("best", {}))
        self.epoch_generators, self.step_generators = (
            {name: torch.tensor(states[group.rank]) for name, states in groups.get(key, {}).items()}
            for key in ("epoch_generators", "step_generators")
        )
        self.total_loss.copy_(torch.tensor(groups["loss"]["total"]))
        facts: dict[str, Any] = saved[1]
        self.progress, self.history = Progress(**facts["progress"]), facts["history"]
        return True


def _gather(states: Mapping[str, Tensor], group: Group) -> Tensors:
    """Return the states of every process, one in a row."""
    return {name: group.all_gather(as_array(state)[None]) for name, state in states.items()}


def _tensors(arrays: Tensors) -> dict[str, Tensor]:
    return {name: torch.tensor(array) for name, array in arrays.items()}
