"""The progress of a fit: a bar on a terminal or in a notebook, warnings, and what is kept of it."""

import logging
import shutil
import sys
import time
import warnings
from typing import Any

from seriesbox import metrics
from seriesbox.listener import Metrics, Record

WIDTH, SECONDS_BETWEEN_DRAWINGS = 30, 0.2
ERASE = "\r\x1b[K"
logger = logging.getLogger("seriesbox")


class Progress(Record):
    """Draws a bar, and keeps what a training reports."""

    def __init__(self) -> None:
        super().__init__()
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
            width = shutil.get_terminal_size().columns - 1  # a line that is broken could not be drawn over
            print(f"{ERASE}{bar[:width]}", end="", file=sys.stderr, flush=True)

    def epoch(self, epoch: int, values: Metrics) -> None:
        """Log the metrics of an epoch."""
        super().epoch(epoch, values)
        logger.info(metrics.line(epoch, values))

    def warn(self, sentence: str) -> None:
        """Warn, by Python's own warnings."""
        self.erase()
        warnings.warn(sentence, UserWarning, stacklevel=2)

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Log what was found."""
        super().found(name, value, sentence)
        logger.info(sentence)

    def ended(self, values: Metrics, is_best: bool) -> None:
        """Erase the bar."""
        super().ended(values, is_best)
        self.erase()

    def erase(self) -> None:
        """Erase the bar if there is one, so that something else can be printed."""
        if self.drawn:
            print(ERASE, end="", file=sys.stderr, flush=True)
