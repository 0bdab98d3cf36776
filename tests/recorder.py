"""A listener for tests."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from seriesbox.listener import Listener, Metrics


class Recorder(Listener):
    """Keeps all that a training reports.

    history: the metrics of every epoch, those before an interruption included.
    facts, tables: what the training found.
    of_model, is_best: the metrics of the epoch that the model is of, and whether it was chosen as the best.
    on_epoch: is called at the end of every epoch.
    """

    def __init__(self, on_epoch: Callable[[], object] = lambda: None) -> None:
        self.history: list[Metrics] = []
        self.warnings: list[str] = []
        self.of_model: Metrics = {}
        self.facts: dict[str, Any] = {}
        self.tables: dict[str, tuple[Sequence[str], list[Sequence[Any]]]] = {}
        self.is_best = False
        self.on_epoch = on_epoch

    @property
    def epochs(self) -> list[float]:
        return [metrics["epoch"] for metrics in self.history]

    def resumed(self, history: Sequence[Metrics]) -> None:
        self.history = list(history)

    def epoch(self, epoch: int, metrics: Metrics) -> None:
        self.history.append({"epoch": epoch, **metrics})
        self.on_epoch()

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)

    def found(self, name: str, value: Any, sentence: str) -> None:
        assert sentence
        self.facts[name] = value

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.tables[name] = columns, list(rows)

    def ended(self, metrics: Metrics, is_best: bool) -> None:
        self.of_model, self.is_best = metrics, is_best
