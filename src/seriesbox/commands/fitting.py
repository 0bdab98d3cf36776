"""`seriesbox fit`: files in, a model out, with the bytes that `train` writes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from seriesbox.algorithm import predictor_class
from seriesbox.commands.inputs import content_of, content_type, named
from seriesbox.commands.log import Log
from seriesbox.errors import DataError, raise_errors
from seriesbox.estimators.interrupting import interruptible
from seriesbox.estimators.model import Model
from seriesbox.extras import require
from seriesbox.formats.content_type import ContentType
from seriesbox.formats.files import Files, tables_in
from seriesbox.optimization import Optimization
from seriesbox.report.report import ModelReport
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.lines import parts_of_file
from seriesbox.tables.stack import TableStack
from seriesbox.threads import let_threads_sleep


def fit(
    algorithm: str,
    hyperparameters: Mapping[str, str | None],
    files: Sequence[Path],
    out: Path,
    validation: Sequence[Path],
    test: Sequence[Path],
    form: str,
    header: bool | None,
    ids: int | None,
    verbose: bool,
    report: Path | None,
) -> None:
    """Fit a model to files, and write it, and a report if there is a file for it.

    Raises UserError, and ArtifactError or OSError if something cannot be written.
    """
    require("train", "fit")
    let_threads_sleep()
    of_texts = {"header": "present" if header else None, "id-columns": ids, "verbose": "true" if verbose else None}
    given, log = {name: value for name, value in {**hyperparameters, **of_texts}.items() if value is not None}, Log()
    sizes = predictor_class(algorithm).Hyperparameters.parse(given)
    content = content_type(form, header, ids or 0)
    with interruptible() as stopped:
        training = _read(files, content, algorithm, sizes, None, log)
        known = training.columns.names
        held_out = _read(validation, content, algorithm, sizes, known, log) if validation else ()
        labelled = _read(test, content._replace(label_size=1), algorithm, sizes, known, log) if test else ()
        out.mkdir(parents=True, exist_ok=True)  # before the training, which would be lost
        from seriesbox.fitting import Data, fit  # imports torch

        data = Data(training, held_out, [Labelled.of(table) for table in labelled])
        page = ModelReport(predictor_class(algorithm), sizes, training, data.test) if report else None
        artifact = fit(algorithm, sizes, data, log, stopped)
    artifact.save(out)
    click.echo(f"The model is in {out}.", err=True)
    if page and report:
        page.write(report, algorithm, Model(artifact).predictor, log, artifact.column_names, notes=log.warnings)
        click.echo(f"The report is in {report}.", err=True)


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
        parts, rows = _checked(parts_of_file(file, name), given), len(files.builder)
        errors += files.add(tables_in(parts, name, given, predictor, variables, known or ()))
        if len(files.builder) == rows and not errors:
            raise DataError(f"{name} is empty: it needs at least one row of numbers.")
    raise_errors(errors)
    stack, errors = files.build()
    raise_errors(errors)
    for note in files.notes:
        log.warn(note)
    return stack


def _checked(parts: Iterator[bytes], given: ContentType) -> Iterator[bytes]:
    """Yield the parts of a file. Raises UserError if the options are not for what its first bytes show."""
    for number, part in enumerate(parts):
        if not number:
            content_of(part, given.form, given.header, given.ids)
        yield part
