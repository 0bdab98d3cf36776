"""Files that a command reads, of which `-` is standard input."""

from collections.abc import Iterable
from pathlib import Path

from seriesbox.estimators.model import Model
from seriesbox.files import printable
from seriesbox.formats.content_type import ContentType
from seriesbox.formats.reading import read
from seriesbox.tables.table import Table


def named(file: Path) -> tuple[Path, str]:
    """Return where a file is, and what messages call it."""
    return (Path("/dev/stdin"), "standard input") if str(file) == "-" else (file, printable(file))


def tables_for(model: Model, file: Path, form: str, header: bool, ids: int | None) -> Iterable[Table]:
    """Return the tables of a file, all of which the model can answer. Raises UserError and OSError.

    form: the content type of the file. ids: the number of ids in a row; None if the model knows it.
    """
    predictor, sizes = model.predictor, model.artifact.hyperparameters
    given = ContentType(form, header or None, ids=sizes.id_columns if ids is None else ids)
    path, name = named(file)
    tables = read(path.read_bytes(), name, given, predictor, sizes.variables_per_row, model.artifact.column_names)
    for table in tables:
        predictor.check(table)
    return tables
