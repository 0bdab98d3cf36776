"""Files that a command reads, of which `-` is standard input."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from seriesbox.errors import UserError
from seriesbox.estimators.model import Model
from seriesbox.files import printable
from seriesbox.formats.content_type import CSV, JSON_LINES, ContentType
from seriesbox.formats.files import form_of
from seriesbox.formats.reading import read
from seriesbox.tables.lines import PART, parts_of_file
from seriesbox.tables.table import Table


class Input(NamedTuple):
    """A whole file, its name in messages, and its content type."""

    body: bytes
    name: str
    content: ContentType

    @classmethod
    def read(cls, model: Model, file: Path, form: str, header: bool, ids: int | None) -> "Input":
        """Read a file, decompressed. Its first bytes may tell another format than `form`. Raises UserError.

        ids: the number of ids in a row; None if the model knows it.
        """
        path, name = named(file)
        body = b"".join(parts_of_file(path, name))
        found = form_of(body[:PART], form)
        if header and found == JSON_LINES:  # a header may begin with a bracket
            found = form
        content = content_type(found, header, ids)
        if ids is None:
            content = content._replace(ids=model.artifact.hyperparameters.id_columns)
        return cls(body, name, content)

    def tables_for(self, model: Model) -> Iterable[Table]:
        """Return the tables, all of which the model can answer. Raises UserError."""
        predictor, names = model.predictor, model.artifact.column_names
        variables = model.artifact.hyperparameters.variables_per_row
        tables = read(self.body, self.name, self.content, predictor, variables, names)
        for table in tables:
            predictor.check(table)
        return tables


def named(file: Path) -> tuple[Path, str]:
    """Return where a file is, and what messages call it."""
    return (Path("/dev/stdin"), "standard input") if str(file) == "-" else (file, printable(file))


def content_type(form: str, header: bool, ids: int | None) -> ContentType:
    """Return what the options say of files. Raises UserError if they are not for the format."""
    for option, value in (("--header", header), ("--ids", ids)):
        if value and form != CSV:
            raise UserError(f"`{option}` is for CSV, and this is {form}: leave it out.")
    return ContentType(form, header or None, 0, ids)
