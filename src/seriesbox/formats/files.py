"""Files of training data -> tables, in every format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from mmap import mmap

from seriesbox.errors import DataError, HeaderAloneError, collect_errors
from seriesbox.formats.content_type import CSV, JSON, JSON_LINES, NPY, ContentType
from seriesbox.protocols import Predictor
from seriesbox.tables.columns import Columns
from seriesbox.tables.csv_rows import CSVRows, Layout
from seriesbox.tables.json import LineRows, parse_rows, parse_series, series_lines
from seriesbox.tables.lines import BLANKS, BYTE_ORDER_MARK
from seriesbox.tables.matching import match_all
from seriesbox.tables.memory import private_memory
from seriesbox.tables.npy import MAGIC, parse_npy
from seriesbox.tables.other_formats import check_text
from seriesbox.tables.stack import TableStack
from seriesbox.tables.stack_builder import StackBuilder
from seriesbox.tables.table import Rows
from seriesbox.tables.times import uneven_steps

NamedRows = tuple[str, Iterable[Rows]]
"""A table: its name in messages, and its rows."""


class Files:
    """The tables of files, which are read from the first to the last.

    given: the content type of the files.
    variables: of a row.
    known: the names of columns; None if the first header is to give them.
    columns: of each table, as its own header names them. notes: sentences about what may be wrong.
    """

    def __init__(
        self,
        given: ContentType,
        predictor: type[Predictor],
        variables: int,
        known: Sequence[str] | None,
        new_memory: Callable[[], mmap] = private_memory,
    ) -> None:
        self.given, self.predictor, self.variables, self.known = given, predictor, variables, known
        self.columns: list[Columns] = []
        self.notes: list[str] = []
        self.builder = StackBuilder(new_memory)

    def add(self, tables: Iterable[NamedRows]) -> list[DataError]:
        """Add the tables of a file, and return what is wrong with those that cannot be read."""
        return collect_errors(lambda table: self._add(*table), tables)

    def build(self) -> tuple[TableStack, list[DataError]]:
        """Return the stack of all tables, and what is wrong with their headers. Raises as `StackBuilder.build`."""
        stack = self.builder.build()
        known = self._first_names() if self.known is None else self.known
        may_be_shorter = self.predictor.rows_are_independent and self.variables == 1
        return stack, match_all(stack, self.columns, known, self.given.label_size > 0, may_be_shorter)

    def _add(self, name: str, rows: Iterable[Rows]) -> None:
        """Add a table, or nothing of it if it has a header alone, or if its rows raise an error."""
        try:
            self.builder.add(name, rows)
        except HeaderAloneError:
            return
        if not isinstance(rows, CSVRows):
            self.columns.append(Columns())
            return
        self.columns.append(rows.columns)
        if rows.has_header and not rows.columns.names:
            self.notes.append(f"{name}: its header is too long for names to be kept. Columns are taken by position.")
        if rows.ids and not self.predictor.rows_are_independent:
            self.notes += uneven_steps(rows.ids, name, 1 + rows.has_header)

    def _first_names(self) -> Sequence[str]:
        return next((columns.names for columns in self.columns if columns.names), ())


def tables_in(
    parts: Iterator[bytes],
    name: str,
    given: ContentType,
    predictor: type[Predictor],
    variables: int,
    known: Sequence[str] = (),
) -> Iterator[NamedRows]:
    """Yield the tables in a file that comes in parts. An empty file has none.

    name: of the file in messages. variables: of a row. known: the names of columns that files may begin with.
    Raises DataError.
    """
    first = next(parts, b"")
    if not first:
        return
    parts = chain([first], parts)
    form = form_of(first, given.form)
    if form == NPY:
        yield name, parse_npy(b"".join(parts), name, predictor.rows_are_independent, variables).rows()
        return
    check_text(first, name)
    if form == JSON:
        body = b"".join(parts)
        is_series = not predictor.rows_are_independent
        table = parse_series(body, name) if is_series else parse_rows(body, name, variables, given.label_size)
        yield name, table.rows()
    elif form == CSV:
        labelled, gaps = given.label_size > 0, predictor.gaps_are_allowed
        layout = Layout(given.header, given.ids or 0, labelled, gaps, known, is_whole=True)
        yield name, CSVRows(parts, name, layout)
    elif predictor.rows_are_independent:
        yield name, LineRows(parts, name, variables, given.label_size)
    else:
        yield from ((line.name, line.rows) for line in series_lines(parts, name))


def form_of(first: bytes, given: str) -> str:
    """Return the format of a file by its first bytes, if it is not what was given.

    Arrays of numpy begin with a mark, and what begins with `[` or `{` is no CSV, but JSON Lines.
    """
    if first.startswith(MAGIC):
        return NPY
    is_json = first.removeprefix(BYTE_ORDER_MARK).lstrip(BLANKS).startswith((b"[", b"{"))
    return JSON_LINES if given == CSV and is_json else given
