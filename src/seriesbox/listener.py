"""The listener of a training, to whom it reports its progress."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Metrics = Mapping[str, float]


class Listener:
    """Receives the progress of a training. This one ignores it."""

    def begun(self, epochs: int, sentence: str) -> None:
        """Take the number of epochs, and a sentence about them, before the first one."""

    def resumed(self, history: Sequence[Metrics]) -> None:
        """Take the metrics of all epochs before an interruption."""

    def step(self, done: float) -> None:
        """Take the share of the epoch's steps that are done."""

    def epoch(self, epoch: int, metrics: Metrics) -> None:
        """Take the metrics of an epoch that has ended."""

    def warn(self, sentence: str) -> None:
        """Take a sentence about something that may not be what the user wants. The same one may come again."""

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Take something that the training chose: a value that JSON can express, and a sentence about it."""

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Take a table of what was found: texts and numbers."""

    def ended(self, metrics: Metrics, is_best: bool) -> None:
        """Take the metrics of the model's epoch: the best one if there is patience, else the last one that ended."""

    def judged(self, metrics: Metrics) -> None:
        """Take the metrics of the model on labelled data."""


class Record(Listener):
    """Keeps what a training reports.

    history: the metrics of every epoch. metrics: those of the model. choices: by name, what the training chose, and
    sentences about it. tables: by name, the columns and the rows.
    """

    def __init__(self) -> None:
        self.history: list[Metrics] = []
        self.metrics: dict[str, float] = {}
        self.choices: dict[str, Any] = {}
        self.sentences: list[str] = []
        self.tables: dict[str, tuple[Sequence[str], list[Sequence[Any]]]] = {}

    def resumed(self, history: Sequence[Metrics]) -> None:
        """Keep the metrics of the epochs before an interruption."""
        self.history = list(history)

    def epoch(self, epoch: int, metrics: Metrics) -> None:
        """Keep the metrics of an epoch."""
        self.history.append({"epoch": epoch, **metrics})

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Keep what was chosen."""
        self.choices[name] = value
        self.sentences.append(sentence)

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Keep a table."""
        self.tables[name] = columns, list(rows)

    def ended(self, metrics: Metrics, is_best: bool) -> None:
        """Keep the metrics of the model."""
        self.metrics |= metrics

    def judged(self, metrics: Metrics) -> None:
        """Keep the metrics on labelled data."""
        self.metrics |= metrics
