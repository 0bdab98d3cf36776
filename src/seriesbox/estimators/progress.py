"""The progress of a fit: a bar on a terminal or in a notebook, warnings, and what is kept of it."""

import logging
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from seriesbox import metrics
from seriesbox.listener import Listener, Metrics

WIDTH, SECONDS_BETWEEN_DRAWINGS = 30, 0.2
logger = logging.getLogger("seriesbox")


class Progress(Listener):
    """Keeps the metrics and the tables of a training.

    history: the metrics of every epoch. metrics: those of the model. tables: their rows by name.
    """

    def __init__(self) -> None:
        self.history: list[dict[str, float]] = []
        self.metrics: dict[str, float] = {}
        self.tables: dict[str, list[Sequence[Any]]] = {}
        self.is_watched = sys.stderr.isatty() or "ipykernel" in sys.modules
        self.epochs, self.drawn = 0, 0.0

    def begun(self, epochs: int, sentence: str) -> None:
        """Log what is to come."""
        self.epochs = epochs
        logger.info(sentence)

    def step(self, done: float) -> None:
        """Draw the bar again if somebody sees it."""
        if self.is_watched and time.monotonic() - self.drawn > SECONDS_BETWEEN_DRAWINGS:
            self.drawn = time.monotonic()
            share = (len(self.history) + done) / self.epochs
            last = {name: value for name, value in (self.history or [{}])[-1].items() if name != "epoch"}
            bar = f"[{'=' * round(WIDTH * share):{WIDTH}}] {share:4.0%} {metrics.text(last)}"
            print(f"\r{bar}", end="", file=sys.stderr, flush=True)

    def epoch(self, epoch: int, values: Metrics) -> None:
        """Keep the metrics of an epoch."""
        self.history.append({"epoch": epoch, **values})
        logger.info(metrics.line(epoch, values))

    def warn(self, sentence: str) -> None:
        """Warn, by Python's own warnings."""
        warnings.warn(sentence, UserWarning, stacklevel=2)

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Log what was found."""
        logger.info(sentence)

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Keep a table."""
        self.tables[name] = list(rows)

    def ended(self, values: Metrics, is_best: bool) -> None:
        """Keep the metrics of the model, and end the bar."""
        self.metrics |= values
        self.erase()

    def judged(self, values: Metrics) -> None:
        """Keep the metrics on labelled data."""
        self.metrics |= values

    def erase(self) -> None:
        """Erase the bar if there is one, so that something else can be printed."""
        if self.drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
