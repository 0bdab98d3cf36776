"""One channel of a job: its files, read as tables."""

from collections.abc import Callable, Sequence
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

from seriesbox.errors import DataError
from seriesbox.files import printable
from seriesbox.formats.content_type import ContentType
from seriesbox.formats.files import Files
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.training.channel_summary import shortened_list, summary
from seriesbox.sagemaker.training.data_files import check_memory, list_files, read_tables
from seriesbox.tables.columns import Columns
from seriesbox.tables.table import Table


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
    columns: of each table, as its own header names them.
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
        self.columns: list[Columns] = []

    def read(self, may_be_empty: bool, new_memory: Callable[[], mmap]) -> tuple[ChannelData, list[DataError]]:
        """Return the data of the channel, and the errors of the files that could not be read."""
        try:
            paths, skipped = list_files(self.folder)
        except OSError as error:
            return ChannelData(), [DataError(f"The `{self.folder.name}` channel cannot be listed: {error}.")]
        files = Files(self.given, self.predictor, self.variables, self.known, new_memory)
        self.columns, errors, used = files.columns, list[DataError](), list[Path]()
        for path in paths:
            rows, failed = len(files.builder), len(errors)
            tables = read_tables(path, self.folder, self.given, self.predictor, self.variables, self.known or ())
            errors += files.add(tables)
            if len(files.builder) > rows or len(errors) > failed:
                used.append(path)
            else:
                skipped.append(f"{printable(path.relative_to(self.folder))} (empty)")
        if not used and not may_be_empty:
            only = f"data, only {shortened_list(skipped)}" if skipped else "files"
            errors.append(DataError(f"The `{self.folder.name}` channel has no {only}: give it one CSV file or more."))
        if not files.builder:
            return ChannelData((), summary(self.folder, used, (), skipped)), errors
        check_memory(files.builder.padding, self.folder.name)
        try:
            stack, more = files.build()
        except DataError as error:
            return ChannelData(), [*errors, error]
        return ChannelData(stack, summary(self.folder, used, stack, skipped), files.notes), errors + more
