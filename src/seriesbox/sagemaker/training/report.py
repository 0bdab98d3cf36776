"""The progress of a training: a line per epoch, a bar on a terminal, and files beside the model."""

import csv
import json
import math
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from seriesbox import metrics
from seriesbox.listener import Metrics, Record
from seriesbox.sagemaker.training.log import logger

BAR_WIDTH, SECONDS_BETWEEN_DRAWINGS = 40, 0.2
ERASE = "\r\x1b[K"
BEST, RESUMED = "(the model that is saved)", "(before the interruption)"


class Report(Record):
    """Writes metrics to standard output, where SageMaker reads them, and to files.

    `metrics.csv` has those of every epoch, `metrics.json` those of the model, with what was read and noted.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.epochs = 0
        self.folder = folder
        self.has_terminal = sys.stdout.isatty()
        self.erase = ERASE if self.has_terminal else ""
        self.has_printed = False
        self.warnings: set[str] = set()
        self.table_is_complete = False  # up to the last epoch but one
        self.drawn = self.epoch_started = time.monotonic()

    def begun(self, epochs: int, sentence: str) -> None:
        """Log what is to come."""
        self.epochs = epochs
        logger.info(sentence)

    def resumed(self, history: Sequence[Metrics]) -> None:
        """Write the table of the epochs so far: there may be none to come."""
        super().resumed(history)
        with suppress(OSError):
            self._write_table()

    def step(self, done: float) -> None:
        """Draw the bar again, if there is a terminal."""
        if self.has_terminal and time.monotonic() - self.drawn > SECONDS_BETWEEN_DRAWINGS:
            self.drawn = time.monotonic()
            filled = round(BAR_WIDTH * done)
            bar = "=" * filled + " " * (BAR_WIDTH - filled)
            print(f"{ERASE}epoch {len(self.history) + 1} [{bar}]", end="", flush=True)

    def epoch(self, epoch: int, values: Metrics) -> None:
        """Print one line, with the time that the epoch took and the time that is left at this pace."""
        super().epoch(epoch, values)
        took, self.epoch_started = time.monotonic() - self.epoch_started, time.monotonic()
        times = f"({_duration(took)}, {_duration(took * (self.epochs - epoch))} left)"
        self._print(epoch, values, times)
        with suppress(OSError):  # a full disk is no reason to lose the training
            self._write_table()

    def warn(self, sentence: str) -> None:
        """Log the sentence once."""
        if sentence not in self.warnings:
            self.warnings.add(sentence)
            print(self.erase, end="", flush=True)
            logger.warning(sentence)

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Log the sentence, and keep the value."""
        super().found(name, value, sentence)
        logger.info(sentence)

    def judged(self, values: Metrics) -> None:
        """Print the metrics on labelled data, and keep them."""
        if values:
            print(f"{self.erase}{metrics.text(values)}", flush=True)
        super().judged(values)

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write the table to a file of its name, and keep it."""
        super().table(name, columns, rows)
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f"{name}.csv").open("w", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(columns)
                writer.writerows(self.tables[name][1])

    def ended(self, values: Metrics, is_best: bool) -> None:
        """Keep the metrics of the model. Print them too if an epoch was chosen, or none was printed."""
        if is_best or not self.has_printed:  # SageMaker's tuning and pipelines take the last line for the model's
            of_epoch = {name: value for name, value in values.items() if name != "epoch"}
            self._print(int(values["epoch"]), of_epoch, BEST if is_best else RESUMED)
        super().ended(values, is_best)

    def write_metrics(self, channels: Sequence[str], notes: Sequence[str]) -> None:
        """Write the metrics of the model, a line about each channel, and the warnings of the job."""
        content = {**self.choices, **self.metrics, "channels": channels, "notes": notes}
        content = json.loads(json.dumps(content), parse_constant=lambda _: None)  # NaN is no JSON
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "metrics.json").write_text(json.dumps(content) + "\n")

    def _print(self, epoch: int, values: Metrics, note: str) -> None:
        print(f"{self.erase}{metrics.line(epoch, values)} {note}", flush=True)
        self.has_printed = True

    def _write_table(self) -> None:
        """Write the whole table once, then a line at a time as long as that succeeds."""
        appends, self.table_is_complete = self.table_is_complete, False
        mode, rows = ("a", self.history[-1:]) if appends else ("w", self.history)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "metrics.csv").open(mode, newline="") as stream:
            table = csv.DictWriter(stream, self.history[-1])
            if not appends:
                table.writeheader()
            table.writerows(rows)
        self.table_is_complete = True


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{math.ceil(seconds / 60)} min"
