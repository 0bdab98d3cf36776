"""An algorithm's two halves: an estimator, which learns, in torch, and a predictor, which serves and needs no torch."""

import importlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError, HyperparameterError
from seriesbox.hyperparameters import Optimization
from seriesbox.network import Network, Shapes, Tensors
from seriesbox.tables.table import Table

if TYPE_CHECKING:
    import torch

    from seriesbox.group import Group
    from seriesbox.training import Run

ALGORITHMS = {
    "cnn-kmeans": ("seriesbox.cnn_kmeans", "CNNKMeans"),
    "lstm-ad": ("seriesbox.lstm_ad", "LSTMAD"),
}


class Predictor(Protocol):
    """Tables of floats in, arrays of floats out."""

    Hyperparameters: ClassVar[type[Optimization]]
    rows_are_independent: ClassVar[bool]  # may a batch job split the file by line?

    network: Network

    def __init__(self, hyperparameters: Any, columns: int, tensors: Tensors, network: Network): ...

    @property
    def hyperparameters(self) -> Optimization: ...

    @staticmethod
    def shapes(hyperparameters: Any, columns: int) -> Shapes:
        """What `tensors` must be for these hyperparameters and tables of so many columns."""
        ...

    @staticmethod
    def graph(hyperparameters: Any, tensors: Tensors) -> bytes:
        """The network in ONNX's format."""
        ...

    def probe(self) -> Table:
        """The smallest table that every sound model of this shape can predict."""
        ...

    def check(self, table: Table) -> None:
        """Raise DataError where the table cannot be predicted."""
        ...

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """(N, D) that was checked -> (N, outputs) in bounded pieces: a row per input row, NaN where undefined."""
        ...


class Estimator(Protocol):
    """A model that learns; an `nn.Module` whose state dict is all it has learnt."""

    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]]

    columns: int  # of the tables it was fitted on; with the hyperparameters, all that shapes the state dict
    sample: tuple[NDArray[Any], ...]  # what the network takes, of a little of the data that it was fitted on

    def __init__(self, hyperparameters: Any, columns: int): ...

    @property
    def hyperparameters(self) -> Optimization: ...

    @classmethod
    def fit(
        cls,
        hyperparameters: Any,
        train: Sequence[Table],
        validation: Sequence[Table],
        run: "Run",
        earlier: Self | None = None,
    ) -> Self:
        """Fit on one table per file, beginning with what an `earlier` model has learnt, where there is one.

        `Tables` are used up: their memory becomes the training data. Other sequences of tables are copied first.
        Raises UserError where the data and the hyperparameters do not go together.
        """
        ...

    @staticmethod
    def faults(
        hyperparameters: Any, group: "Group", train: Sequence[Table], validation: Sequence[Table]
    ) -> list[DataError]:
        """What is wrong with this process' tables, one by one."""
        ...

    def predictor(self) -> Predictor:
        """Its other half, whose network torch computes where this one is."""
        ...

    def to(self, device: "torch.device") -> Self: ...
    def eval(self) -> Self: ...
    def state_dict(self) -> dict[str, "torch.Tensor"]: ...
    def load_state_dict(self, state_dict: dict[str, "torch.Tensor"], *, assign: bool = ...) -> object: ...


def predictor(name: str) -> type[Predictor]:
    """The predictor of the algorithm called `name`. Raises HyperparameterError."""
    return _half(name, "predictor", "Predictor")


def estimator(name: str) -> type[Estimator]:
    """The estimator of the algorithm called `name`, which imports torch. Raises HyperparameterError."""
    return _half(name, "estimator", "")


def predict(predictor: Predictor, table: Table) -> NDArray[np.float32]:
    """(N, D) -> (N, outputs), all at once. Raises DataError where the table cannot be predicted."""
    predictor.check(table)
    return np.concatenate(list(predictor.predict(table)))


def _half(name: str, module: str, suffix: str) -> Any:
    if name not in ALGORITHMS:
        raise HyperparameterError(f"`model` must be one of {', '.join(ALGORITHMS)}, not {name!r}.")
    package, prefix = ALGORITHMS[name]
    return getattr(importlib.import_module(f"{package}.{module}"), prefix + suffix)


def infer(names: Collection[str]) -> str:
    """The algorithm that knows most of these hyperparameters. Raises HyperparameterError when none stands out."""
    given = {name.replace("_", "-") for name in names}
    known = {name: len(given & set(predictor(name).Hyperparameters.names())) for name in ALGORITHMS}
    best = max(known.values())
    candidates = [name for name, count in known.items() if count == best]
    if len(candidates) > 1:
        raise HyperparameterError(
            f"The hyperparameters do not tell which algorithm is meant: set `model` to {' or '.join(candidates)}."
        )
    return candidates[0]
