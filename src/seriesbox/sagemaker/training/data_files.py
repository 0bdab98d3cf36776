"""The data files of a channel, and the tables in them."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from seriesbox.errors import UserError
from seriesbox.files import printable
from seriesbox.sagemaker.machine import memory_limit, resident_memory
from seriesbox.tables.csv import csv_rows
from seriesbox.tables.json import row_lines, series_lines
from seriesbox.tables.lines import BLANKS, BYTE_ORDER_MARK, parts_of_file
from seriesbox.tables.table import Rows

# Ends of the names of files that SageMaker puts beside the data, or has not finished.
NO_DATA = ("-manifest", ".sagemaker-uploading", ".sagemaker-uploaded", ".sagemaker-ignore")
LONGEST_NAME = 120  # in a message
MEMORY_SHARE = 0.95  # of the memory that may be used


def data_files(folder: Path) -> Iterator[Path]:
    """Yield the data files in a folder and in those within, in order. Raises OSError."""
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from data_files(Path(entry.path))
        elif (entry.is_file() or entry.is_symlink()) and not entry.name.endswith(NO_DATA):
            yield Path(entry.path)


def read_tables(
    path: Path, folder: Path, json_lines: bool, rows_are_independent: bool
) -> Iterator[tuple[str, Iterator[Rows]]]:
    """Yield the tables in a file: their names in messages, and their rows.

    json_lines: whether the content type is JSON Lines; if not, the first character of the file decides.
    Raises DataError, and UserError if memory does not suffice.
    """
    name = printable(f"{folder.name}/{path.relative_to(folder)}")
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 3]}...{name[-LONGEST_NAME // 2 :]}"
    parts = _within_memory(parts_of_file(path, name), folder.name)
    first = next(parts, b"")
    if not first:  # such as Spark's _SUCCESS
        return
    parts = chain([first], parts)
    if not json_lines and not first.removeprefix(BYTE_ORDER_MARK).lstrip(BLANKS).startswith(b"["):
        yield name, csv_rows(parts, name)
    elif rows_are_independent:
        yield name, row_lines(parts, name)
    else:
        yield from series_lines(parts, name)


def check_memory(more: int, channel: str) -> None:
    """Raise UserError if `more` bytes are too many: a process that takes them would be killed silently."""
    limit = int(MEMORY_SHARE * memory_limit())
    if resident_memory() + more > limit:
        raise UserError(
            f"The `{channel}` channel does not fit into the {limit / 1e9:.1f} GB of memory that there are: take a "
            "larger instance, or give less data."
        )


def _within_memory(parts: Iterable[bytes], channel: str) -> Iterator[bytes]:
    for part in parts:
        check_memory(len(part), channel)
        yield part
