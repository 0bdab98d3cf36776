"""`seriesbox fit`: files in, a model out, with the bytes that `train` writes."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from seriesbox import metrics
from seriesbox.algorithm import predictor_class
from seriesbox.commands.inputs import content_type, named
from seriesbox.errors import DataError, raise_errors
from seriesbox.estimators.interrupting import interruptible
from seriesbox.estimators.progress import Progress
from seriesbox.extras import require
from seriesbox.formats.content_type import ContentType
from seriesbox.formats.files import Files, tables_in
from seriesbox.listener import Metrics
from seriesbox.optimization import Optimization
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.lines import parts_of_file
from seriesbox.tables.stack import TableStack


class Log(Progress):
    """Prints the metrics of every epoch as `train` does, and everything else to standard error."""

    def __init__(self) -> None:
        super().__init__()
        self.printed: set[str] = set()

    def epoch(self, epoch: int, values: Metrics) -> None:
        """Print one line."""
        super().epoch(epoch, values)
        self.erase()
        _say(metrics.line(epoch, values))

    def warn(self, sentence: str) -> None:
        """Print a sentence once."""
        if sentence not in self.printed:
            self.printed.add(sentence)
            self.erase()
            click.echo(sentence, err=True)

    def found(self, name: str, value: Any, sentence: str) -> None:
        """Print a sentence."""
        super().found(name, value, sentence)
        self.warn(sentence)

    def judged(self, values: Metrics) -> None:
        """Print the metrics on labelled data."""
        super().judged(values)
        _say(metrics.text(values))


def _say(line: str) -> None:
    """Print a line. A reader that is gone, such as `head`, is no reason to lose the training."""
    try:
        click.echo(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fit(
    algorithm: str,
    hyperparameters: Mapping[str, str | None],
    files: Sequence[Path],
    out: Path,
    validation: Sequence[Path],
    test: Sequence[Path],
    form: str,
    header: bool,
    ids: int | None,
    verbose: bool,
) -> None:
    """Fit a model to files, and write it. Raises UserError, and ArtifactError or OSError if it cannot be written."""
    require("train", "fit")
    of_texts = {"header": "present" if header else None, "id-columns": ids, "verbose": "true" if verbose else None}
    given, log = {name: value for name, value in {**hyperparameters, **of_texts}.items() if value is not None}, Log()
    sizes = predictor_class(algorithm).Hyperparameters.parse(given)
    content = content_type(form, header, ids or 0)
    out.mkdir(parents=True, exist_ok=True)  # before the training, which would be lost
    with interruptible() as stopped:
        training = _read(files, content, algorithm, sizes, None, log)
        known = training.columns.names
        held_out = _read(validation, content, algorithm, sizes, known, log) if validation else ()
        labelled = _read(test, content._replace(label_size=1), algorithm, sizes, known, log) if test else ()
        from seriesbox.fitting import Data, fit  # imports torch

        data = Data(training, held_out, [Labelled.of(table) for table in labelled])
        artifact = fit(algorithm, sizes, data, log, stopped)
    artifact.save(out)
    click.echo(f"The model is in {out}.", err=True)


def _read(
    paths: Sequence[Path],
    given: ContentType,
    algorithm: str,
    sizes: Optimization,
    known: Sequence[str] | None,
    log: Log,
) -> TableStack:
    """Return the tables of files. Raises DataError.

    known: the names of columns; None if the first header gives them.
    """
    predictor, variables = predictor_class(algorithm), sizes.variables_per_row
    files, errors = Files(given, predictor, variables, known), list[DataError]()
    for path in paths:
        file, name = named(path)
        parts = parts_of_file(file, name)
        rows = len(files.builder)
        errors += files.add(tables_in(parts, name, given, predictor, variables, known or ()))
        if len(files.builder) == rows and not errors:
            raise DataError(f"{name} is empty: it needs at least one row of numbers.")
    raise_errors(errors)
    stack, errors = files.build()
    raise_errors(errors)
    for note in files.notes:
        log.warn(note)
    return stack
