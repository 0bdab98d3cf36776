"""The progress of a fit: a bar on a terminal or in a notebook, warnings, and what is kept of it."""

import logging
import shutil
import sys
import time
import traceback
import warnings
from typing import Any

from seriesbox import metrics
from seriesbox.estimators.parameters import in_pythons_words
from seriesbox.listener import Metrics, Record

WIDTH, SECONDS_BETWEEN_DRAWINGS = 30, 0.2
ERASE = "\r\x1b[K"
logger = logging.getLogger("seriesbox")


def calling_line() -> tuple[str, int]:
    """Return the file and the line that called the estimator."""
    frames = [frame for frame, _ in traceback.walk_stack(sys._getframe())]
    modules = [(frame.f_globals.get("__name__") or "").partition(".")[0] for frame in frames]
    level = 1 + max(level for level, module in enumerate(modules) if module == "seriesbox")
    level += modules[level : level + 1] == ["contextlib"]  # of a decorator
    caller = frames[min(level, len(frames) - 1)]
    return caller.f_code.co_filename, caller.f_lineno


class Progress(Record):
    """Draws a bar, and keeps what a training reports."""

    def __init__(self) -> None:
        super().__init__()
        self.is_watched = sys.stderr.isatty() or "ipykernel" in sys.modules
        self.epochs, self.drawn = 0, 0.0
        self.caller = calling_line()  # a warning may come from a thread, which has no caller

    def begun(self, epochs: int, sentence: str) -> None:
        """Tell what is to come."""
        self.epochs = epochs
        self.tell(sentence)

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
        warnings.warn_explicit(in_pythons_words(sentence), UserWarning, *self.caller)

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Tell what was found."""
        super().found(name, value, sentence)
        self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Log a sentence."""
        logger.info(in_pythons_words(sentence))

    def ended(self, values: Metrics, is_best: bool) -> None:
        """Erase the bar."""
        super().ended(values, is_best)
        self.erase()

    def erase(self) -> None:
        """Erase the bar if there is one, so that something else can be printed."""
        if self.drawn:
            print(ERASE, end="", file=sys.stderr, flush=True)
