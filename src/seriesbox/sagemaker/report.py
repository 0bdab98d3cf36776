"""What a training says while it goes on: a line for every epoch, a bar on a terminal, and files beside the model."""

import csv
import json
import math
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from seriesbox import metrics

WIDTH, SECONDS_BETWEEN = 40, 0.2  # of the bar
ERASE = "\r\x1b[K"


class Report:
    """Metrics go to standard output, where SageMaker reads them; those of every epoch into `metrics.csv`, those of the
    model into `metrics.json`.
    """

    def __init__(self, epochs: int, folder: Path, history: list[dict[str, float]]) -> None:
        self.epochs = epochs
        self.folder = folder
        self.history = history
        self.bar = sys.stdout.isatty()
        self.begun = False
        self.drawn = self.began = time.monotonic()

    def resumed(self) -> None:
        """Write down what was before: there may be no epoch to come."""
        with suppress(OSError):
            self._write()

    def epoch(self, epoch: int, values: Mapping[str, float]) -> None:
        """One line, with the time that the epoch took and the time that is left at this pace."""
        took, self.began = time.monotonic() - self.began, time.monotonic()
        times = f"({_duration(took)}, {_duration(took * (self.epochs - epoch))} left)"
        print(f"{ERASE if self.bar else ''}{metrics.line(epoch, values)} {times}", flush=True)
        with suppress(OSError):  # a full disk is no reason to lose the training
            self._write()

    def advance(self, share: float) -> None:
        """Redraw the bar, where there is one."""
        if self.bar and time.monotonic() - self.drawn > SECONDS_BETWEEN:
            self.drawn = time.monotonic()
            done = round(WIDTH * share)
            print(f"{ERASE}epoch {len(self.history) + 1} [{'=' * done}{' ' * (WIDTH - done)}]", end="", flush=True)

    def concluded(self, values: Mapping[str, float]) -> None:
        """Write down the metrics of the model."""
        finite = {name: value if math.isfinite(value) else None for name, value in values.items()}
        with suppress(OSError):
            (self.folder / "metrics.json").write_text(json.dumps(finite) + "\n")

    def _write(self) -> None:
        """The whole table once, with the epochs before an interruption; then a line at a time, while that succeeds."""
        begun, self.begun = self.begun, False
        mode, rows = ("a", self.history[-1:]) if begun else ("w", self.history)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "metrics.csv").open(mode, newline="") as stream:
            table = csv.DictWriter(stream, self.history[-1])
            if not begun:
                table.writeheader()
            table.writerows(rows)
        self.begun = True


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{math.ceil(seconds / 60)} min"
