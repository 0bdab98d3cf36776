"""`seriesbox predict`: the bytes that the server answers to the same request."""

import math
from collections.abc import Iterator
from pathlib import Path

from seriesbox.answers import Details
from seriesbox.artifact import load
from seriesbox.commands.inputs import Input
from seriesbox.errors import UserError
from seriesbox.estimators.model import Model
from seriesbox.formats.content_type import CSV, JSON_LINES
from seriesbox.formats.writing import TableAnswer, Writer


def answer(
    folder: Path,
    file: Path,
    form: str,
    header: bool | None,
    ids: int | None,
    accept: str | None,
    verbose: bool | None,
    threshold: float | None,
    names: bool,
) -> Iterator[bytes]:
    """Yield the answer of the model in a folder to a file, part by part. Raises ArtifactError and UserError."""
    model = Model(load(folder))
    predictor = model.predictor
    given = Input.read(model, file, form, header, ids)
    wanted = accept or (JSON_LINES if given.content.form == JSON_LINES else CSV)
    if names and wanted != CSV:
        raise UserError("`--names` is for CSV: rows of other formats have no header.")
    if threshold is not None and not math.isfinite(threshold):
        raise UserError("`--threshold` must be a number.")
    if threshold is not None and verbose is False:
        raise UserError("`--threshold` is of verbose answers: leave out `--no-verbose`.")
    details = Details.wanted(verbose, threshold, predictor.hyperparameters.verbose == "true")
    tables = given.tables_for(model)
    if first := next(iter(tables), None):
        id_names = first.ids.names if first.ids else ()
        answered = predictor.names(details, model.artifact.column_names)
        writer = Writer(wanted, answered, id_names, names, objects=details is not None)
        answers = (
            TableAnswer((part.columns for part in predictor.predict(each, details)), len(each.values), each.ids)
            for each in tables
        )
        yield from writer.write(answers, predictor.rows_are_independent)
