"""One channel of a job: its files, read as tables."""

from collections.abc import Callable, Iterable, Sequence
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from seriesbox.errors import DataError, HeaderAloneError, collect_errors
from seriesbox.files import printable
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.content_type import ContentType
from seriesbox.sagemaker.training.channel_summary import shortened_list, summary
from seriesbox.sagemaker.training.data_files import check_memory, list_files, read_tables
from seriesbox.tables.columns import Columns
from seriesbox.tables.csv_rows import CSVRows
from seriesbox.tables.matching import match_all
from seriesbox.tables.stack_builder import StackBuilder
from seriesbox.tables.table import Rows, Table
from seriesbox.tables.times import uneven_steps


class ChannelData(NamedTuple):
    """The tables of a channel, one line about what was read, and sentences about what may be wrong with it."""

    tables: Sequence[Table] = ()
    summary: str = ""
    notes: Sequence[str] = ()


class ChannelReader:
    """Reads one channel, from the first of its files to the last.

    given: the content type of its files.
    variables: of a row.
    known: the names of columns; None if the first header is to give them.
    """

    def __init__(
        self,
        folder: Path,
        given: ContentType,
        predictor: type[Predictor],
        variables: int,
        known: Sequence[str] | None,
    ) -> None:
        self.folder, self.given, self.predictor = folder, given, predictor
        self.variables, self.known = variables, known
        self.columns: list[Columns] = []  # of each table, as its own header names them
        self.notes: list[str] = []

    def read(self, may_be_empty: bool, new_memory: Callable[[], mmap]) -> tuple[ChannelData, list[DataError]]:
        """Return the data of the channel, and the errors of the files that could not be read."""
        try:
            files, skipped = list_files(self.folder)
        except OSError as error:
            return ChannelData(), [DataError(f"The `{self.folder.name}` channel cannot be listed: {error}.")]
        self.builder, errors, used = StackBuilder(new_memory), list[DataError](), list[Path]()
        for file in files:
            rows, failed = len(self.builder), len(errors)
            tables = read_tables(file, self.folder, self.given, self.predictor, self.variables, self.known or ())
            errors += collect_errors(lambda table: self._add(*table), tables)
            if len(self.builder) > rows or len(errors) > failed:
                used.append(file)
            else:
                skipped.append(f"{printable(file.relative_to(self.folder))} (empty)")
        if not used and not may_be_empty:
            only = f"data, only {shortened_list(skipped)}" if skipped else "files"
            errors.append(DataError(f"The `{self.folder.name}` channel has no {only}: give it one CSV file or more."))
        if not self.builder:
            return ChannelData((), summary(self.folder, used, (), skipped)), errors
        check_memory(self.builder.padding, self.folder.name)
        try:
            stack = self.builder.build()
        except DataError as error:
            return ChannelData(), [*errors, error]
        known = self._first_names() if self.known is None else self.known
        is_labelled = self.given.label_size > 0
        may_be_shorter = self.predictor.rows_are_independent and self.variables == 1
        errors += match_all(stack, self.columns, known, is_labelled, may_be_shorter)
        return ChannelData(stack, summary(self.folder, used, stack, skipped), self.notes), errors

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
