"""The two halves of an algorithm: an estimator learns, in torch; a predictor serves, and needs no torch."""

import importlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameters import Optimization
from seriesbox.network.types import Network, Shapes, Tensors
from seriesbox.tables.table import Table

if TYPE_CHECKING:
    import torch

    from seriesbox.channel import Channel
    from seriesbox.run import Run

ALGORITHMS = {  # package, and estimator class
    "cnn-kmeans": ("seriesbox.cnn_kmeans", "CNNKMeans"),
    "lstm-ad": ("seriesbox.lstm_ad", "LSTMAD"),
}


class Predictor(Protocol):
    """A model that serves: it turns tables of floats into arrays of floats."""

    Hyperparameters: ClassVar[type[Optimization]]
    rows_are_independent: ClassVar[bool]  # whether each row has the same answer in any table
    gaps_are_allowed: ClassVar[bool]  # whether a cell may be missing

    network: Network

    def __init__(self, hyperparameters: Any, columns: int, tensors: Tensors, network: Network): ...

    @property
    def hyperparameters(self) -> Optimization: ...

    @staticmethod
    def shapes(hyperparameters: Any, columns: int) -> Shapes:
        """Return the shapes of all tensors for tables of this many columns."""
        ...

    @staticmethod
    def graph(hyperparameters: Any, tensors: Tensors) -> bytes:
        """Return the network in ONNX's format."""
        ...

    @staticmethod
    def min_rows(hyperparameters: Any) -> int:
        """Return the fewest rows that can be predicted."""
        ...

    def probe(self) -> Table:
        """Return the smallest table that every sound model of this shape can predict."""
        ...

    def check(self, table: Table) -> None:
        """Raise DataError if the table cannot be predicted."""
        ...

    def predict(self, table: Table) -> Iterator[NDArray[np.float32]]:
        """Yield the answer to a checked table in bounded chunks, (N, D) -> (N, outputs); NaN if undefined."""
        ...


class Estimator(Protocol):
    """A model that learns; an `nn.Module` whose state dict is all it has learnt."""

    channel_class: ClassVar[type["Channel"]]
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]]

    columns: int  # of the training tables; they and the hyperparameters determine the shapes of the state dict

    def __init__(self, hyperparameters: Any, columns: int): ...

    @property
    def hyperparameters(self) -> Optimization: ...

    @classmethod
    def fit(
        cls,
        hyperparameters: Any,
        training: Sequence[Table],
        validation: Sequence[Table],
        run: "Run",
        warm_start: Self | None = None,
    ) -> Self:
        """Fit on one table per file, starting from what a `warm_start` has learnt, if it is given.

        The memory of a `TableStack` becomes the training data. Other sequences of tables are copied first.
        Raises UserError if the data do not fit the hyperparameters.
        """
        ...

    def predictor(self) -> Predictor:
        """Return its predictor, whose network torch computes on the device of this model."""
        ...

    def to(self, device: "torch.device") -> Self: ...
    def eval(self) -> Self: ...
    def state_dict(self) -> dict[str, "torch.Tensor"]: ...
    def load_state_dict(self, state_dict: dict[str, "torch.Tensor"], *, assign: bool = ...) -> object: ...


def predictor_class(name: str) -> type[Predictor]:
    """Return the predictor class of the algorithm called `name`. Raises HyperparameterError."""
    return _load(name, "predictor", "Predictor")


def estimator_class(name: str) -> type[Estimator]:
    """Return the estimator class of the algorithm called `name`; imports torch. Raises HyperparameterError."""
    return _load(name, "estimator", "")


def name_of(estimator: Estimator) -> str:
    """Return the name of an estimator's algorithm."""
    (name,) = (name for name, (_, kind) in ALGORITHMS.items() if kind == type(estimator).__name__)
    return name


def predict(predictor: Predictor, table: Table) -> NDArray[np.float32]:
    """Return the whole answer to a table, (N, D) -> (N, outputs). Raises DataError if it cannot be predicted."""
    predictor.check(table)
    return np.concatenate(list(predictor.predict(table)))


def infer_algorithm(names: Collection[str]) -> str:
    """Return the name of the algorithm that has most of these hyperparameters. Raises HyperparameterError on a tie."""
    given = {name.replace("_", "-") for name in names}
    known = {name: len(given & set(predictor_class(name).Hyperparameters.names())) for name in ALGORITHMS}
    best = max(known.values())
    candidates = [name for name, count in known.items() if count == best]
    if len(candidates) > 1:
        raise HyperparameterError(
            f"The hyperparameters do not tell which algorithm is meant: set `model` to {' or '.join(candidates)}."
        )
    return candidates[0]


def _load(name: str, module: str, suffix: str) -> Any:
    if name not in ALGORITHMS:
        raise HyperparameterError(f"`model` must be one of {', '.join(ALGORITHMS)}, not {name!r}.")
    package, prefix = ALGORITHMS[name]
    return getattr(importlib.import_module(f"{package}.{module}"), prefix + suffix)
