"""`seriesbox report`: the answers of a model to a file, as a page to look at."""

from dataclasses import replace
from pathlib import Path

from seriesbox.artifact import load
from seriesbox.commands.inputs import Input
from seriesbox.estimators.model import Model
from seriesbox.listener import Record
from seriesbox.report.report import ModelReport


def report(folder: Path, file: Path, form: str, header: bool | None, ids: int | None, out: Path) -> None:
    """Write the page. Raises ArtifactError, UserError and OSError."""
    model = Model(load(folder))
    artifact, predictor = model.artifact, model.predictor
    read = Input.read(model, file, form, header, ids).tables_for(model)
    tables = [replace(table, name=Path(table.name).name) for table in read]  # faults name the whole path
    page = ModelReport(type(predictor), artifact.hyperparameters, tables, is_training=False)
    page.write(out, artifact.algorithm, predictor, Record(), artifact.column_names)
