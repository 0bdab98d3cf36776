"""Files that a command reads, of which `-` is standard input."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import click

from seriesbox.errors import UserError
from seriesbox.estimators.model import Model
from seriesbox.files import printable
from seriesbox.formats.content_type import CSV, JSON_LINES, ContentType
from seriesbox.formats.files import form_of
from seriesbox.formats.reading import read
from seriesbox.tables.lines import PART, parts_of_file
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.suspects import HEAD_ROWS, suspects
from seriesbox.tables.table import Table, are_equal


class Input(NamedTuple):
    """A whole file, its name in messages, and its content type."""

    body: bytes
    name: str
    content: ContentType

    @classmethod
    def read(cls, model: Model, file: Path, form: str, header: bool | None, ids: int | None) -> "Input":
        """Read a file, decompressed. Raises UserError.

        ids: the number of ids in a row; None if the model knows it.
        """
        path, name = named(file)
        body = b"".join(parts_of_file(path, name))
        content = content_of(body[:PART], form, header, ids)
        if ids is None:
            content = content._replace(ids=model.artifact.hyperparameters.id_columns)
        return cls(body, name, content)

    def tables_for(self, model: Model) -> Iterable[Table]:
        """Return the tables, all of which the model can answer. Print if one column may be none. Raises UserError."""
        predictor, names = model.predictor, model.artifact.column_names
        variables = model.artifact.hyperparameters.variables_per_row
        tables = read(self.body, self.name, self.content, predictor, variables, names)
        for table in tables:
            predictor.check(table)
            if predictor.rows_are_independent and table.width == model.artifact.columns + 1:
                _doubt(table)
        return tables


def _doubt(table: Table) -> None:
    """Print what is probably no data in a table that is one column too wide, such as a label that was left in."""
    head = replace(table, values=table.values[:HEAD_ROWS], widths=table.widths[:HEAD_ROWS])
    if are_equal(head.widths):
        stack = stack_tables([head])
        stack.columns = table.columns
        for sentence in suspects(stack, rows_are_independent=True):
            click.echo(sentence, err=True)


def named(file: Path) -> tuple[Path, str]:
    """Return where a file is, and what messages call it."""
    return (Path("/dev/stdin"), "standard input") if str(file) == "-" else (file, printable(file))


def content_of(first: bytes, form: str, header: bool | None, ids: int | None) -> ContentType:
    """Return what a file has, by its first bytes and the options. Raises UserError if these are not for its format."""
    found = form_of(first, form)
    if header and found == JSON_LINES:  # a header may begin with a bracket
        found = form
    return content_type(found, header, ids)


def content_type(form: str, header: bool | None, ids: int | None) -> ContentType:
    """Return what the options say of files. Raises UserError if they are not for the format."""
    for option, value in (("--header", header), ("--ids", ids)):
        if value and form != CSV:
            raise UserError(f"`{option}` is for CSV, and this is {form}: leave it out.")
    return ContentType(form, header, 0, ids)
