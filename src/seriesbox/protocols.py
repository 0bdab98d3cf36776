"""The two halves of an algorithm: an estimator learns, in torch; a predictor serves, and needs no torch."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

from seriesbox.answers import Details, Predictions
from seriesbox.network.types import Network, Shapes, Tensors
from seriesbox.optimization import Optimization
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

if TYPE_CHECKING:
    import torch

    from seriesbox.channel import Channel
    from seriesbox.listener import Listener
    from seriesbox.run import Run


class Predictor(Protocol):
    """A model that serves: it turns tables of floats into arrays of floats."""

    Hyperparameters: ClassVar[type[Optimization]]
    rows_are_independent: ClassVar[bool]  # whether each row has the same answer in any table
    gaps_are_allowed: ClassVar[bool]  # whether a cell may be missing
    newer_tensors: ClassVar[frozenset[str]]  # that older models lack; they are given NaN

    network: Network

    def __init__(self, hyperparameters: Any, columns: int, tensors: Tensors, network: Network): ...

    @property
    def hyperparameters(self) -> Optimization: ...

    @property
    def threshold(self) -> float | None:
        """The score below which a row is an anomaly; None if the model chooses none."""
        ...

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

    def names(self, details: Details | None, columns: Sequence[str] = ()) -> list[str]:
        """Return the names of an answer's columns. Raises DataError if the model cannot give the details.

        columns: the names of a table's columns, if they are known.
        """
        ...

    def predict(self, table: Table, details: Details | None = None) -> Iterator[Predictions]:
        """Yield the answer to a checked table in bounded chunks, (N, D) -> (N, outputs)."""
        ...


class Estimator(Protocol):
    """A model that learns; an `nn.Module` whose state dict is all it has learnt."""

    channel_class: ClassVar[type["Channel"]]
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]]  # of every epoch
    test_metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]]  # of the labelled data

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

    def judge(self, test: Sequence[Labelled], listener: "Listener") -> dict[str, float]:
        """Return the metrics on labelled data, once the model is fitted. It may choose a threshold by them.

        listener: hears of the threshold, and of labels from which a metric or a threshold does not follow.
        """
        ...

    def predictor(self) -> Predictor:
        """Return its predictor, whose network torch computes on the device of this model."""
        ...

    def to(self, device: "torch.device") -> Self: ...
    def eval(self) -> Self: ...
    def state_dict(self) -> dict[str, "torch.Tensor"]: ...
    def load_state_dict(self, state_dict: dict[str, "torch.Tensor"], *, assign: bool = ...) -> object: ...
