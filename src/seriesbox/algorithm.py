"""What the SageMaker shell may ask of an algorithm, and which algorithms there are."""

import importlib
from collections.abc import Collection, Sequence
from typing import ClassVar, Literal, Protocol, Self

from torch import Tensor

from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameters import Hyperparameters as BaseHyperparameters
from seriesbox.tables.table import Table
from seriesbox.training import Run

ALGORITHMS = {
    "cnn-kmeans": "seriesbox.cnn_kmeans.estimator:CNNKMeans",
    "lstm-ad": "seriesbox.lstm_ad.estimator:LSTMAD",
}


class Algorithm(Protocol):
    """Tables of floats in, tables of floats out; an `nn.Module` whose state dict is all it has learnt."""

    Hyperparameters: ClassVar[type[BaseHyperparameters]]
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]]
    rows_are_independent: ClassVar[bool]  # may a batch job split the file by line?

    hyperparameters: BaseHyperparameters
    columns: int  # of the tables it was fitted on; with the hyperparameters, all that shapes the state dict

    def __init__(self, hyperparameters: BaseHyperparameters, columns: int): ...

    @classmethod
    def fit(
        cls, hyperparameters: BaseHyperparameters, train: Sequence[Table], validation: Sequence[Table], run: Run
    ) -> Self:
        """Fit on one table per file. Raises UserError where the data and the hyperparameters do not go together."""
        ...

    def check(self, table: Table) -> None:
        """Raise DataError where the table cannot be predicted."""
        ...

    def predict(self, table: Table) -> Tensor:
        """(N, D) -> (N, outputs): one row per input row, NaN where undefined. Raises DataError."""
        ...

    def eval(self) -> Self: ...
    def state_dict(self) -> dict[str, Tensor]: ...
    def load_state_dict(self, state_dict: dict[str, Tensor], *, assign: bool = ...) -> object: ...


def resolve(name: str) -> type[Algorithm]:
    """The algorithm called `name`, imported only now. Raises HyperparameterError."""
    if name not in ALGORITHMS:
        raise HyperparameterError(f"`model` must be one of {', '.join(ALGORITHMS)}, not {name!r}.")
    module, _, attribute = ALGORITHMS[name].partition(":")
    algorithm: type[Algorithm] = getattr(importlib.import_module(module), attribute)
    return algorithm


def infer(names: Collection[str]) -> str:
    """The algorithm that knows most of these hyperparameters. Raises HyperparameterError when none stands out."""
    given = {name.replace("_", "-") for name in names}
    known = {name: len(given & set(resolve(name).Hyperparameters.names())) for name in ALGORITHMS}
    best = max(known.values())
    candidates = [name for name, count in known.items() if count == best]
    if len(candidates) > 1:
        raise HyperparameterError(
            f"The hyperparameters do not tell which algorithm is meant: set `model` to {' or '.join(candidates)}."
        )
    return candidates[0]
