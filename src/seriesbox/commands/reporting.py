"""`seriesbox report`: the answers of a model to a file, as a page to look at."""

from pathlib import Path

from seriesbox.artifact import load
from seriesbox.commands.inputs import named
from seriesbox.estimators.model import Model
from seriesbox.formats.content_type import ContentType
from seriesbox.formats.reading import read
from seriesbox.listener import Record
from seriesbox.report.report import ModelReport


def report(folder: Path, file: Path, form: str, header: bool, ids: int | None, out: Path) -> None:
    """Write the page. Raises ArtifactError, UserError and OSError."""
    model = Model(load(folder))
    artifact, predictor = model.artifact, model.predictor
    sizes, known = artifact.hyperparameters, artifact.column_names
    given = ContentType(form, header or None, ids=sizes.id_columns if ids is None else ids)
    path, name = named(file)
    tables = list(read(path.read_bytes(), name, given, predictor, sizes.variables_per_row, known))
    for table in tables:
        predictor.check(table)
    page = ModelReport(type(predictor), sizes, tables, is_training=False)
    page.write(out, artifact.algorithm, predictor, Record(), known)
