"""The lines that `seriesbox fit` prints."""

import os
import sys

import click

from seriesbox import metrics
from seriesbox.estimators.progress import Progress
from seriesbox.listener import Metrics


class Log(Progress):
    """Prints the metrics of every epoch as `train` does, and everything else to standard error."""

    def __init__(self) -> None:
        super().__init__()
        self.printed: set[str] = set()
        self.warnings: list[str] = []

    def epoch(self, epoch: int, values: Metrics) -> None:
        """Print one line."""
        super().epoch(epoch, values)
        self.erase()
        _say(metrics.line(epoch, values))

    def tell(self, sentence: str) -> None:
        """Print a sentence once."""
        if sentence not in self.printed:
            self.printed.add(sentence)
            self.erase()
            click.echo(sentence, err=True)

    def warn(self, sentence: str) -> None:
        """Print a sentence once, and keep it for the report."""
        if sentence not in self.printed:
            self.warnings.append(sentence)
        self.tell(sentence)

    def judged(self, values: Metrics) -> None:
        """Print the metrics on labelled data."""
        super().judged(values)
        if values:
            _say(metrics.text(values))


def _say(line: str) -> None:
    """Print a line. A reader that is gone, such as `head`, is no reason to lose the training."""
    try:
        click.echo(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
