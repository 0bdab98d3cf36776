"""The data files of a channel, and the tables in them."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from seriesbox.errors import DataError, UserError
from seriesbox.files import printable
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.content_type import CSV, JSON, NPY, ContentType
from seriesbox.sagemaker.machine import memory_limit, memory_of_others, resident_memory
from seriesbox.tables.csv_rows import CSVRows, Layout
from seriesbox.tables.json import LineRows, parse_rows, parse_series, series_lines
from seriesbox.tables.lines import BLANKS, BYTE_ORDER_MARK, GZIP, MEMORY_PER_BYTE, parts_of_file
from seriesbox.tables.npy import MAGIC, parse_npy
from seriesbox.tables.other_formats import check_text
from seriesbox.tables.table import Rows

SKIPPED = (  # names of files and folders that hold no data, and why they are there
    (re.compile(r"\."), "hidden"),
    (re.compile(r"_"), "begins with _"),
    (re.compile(r".*\.sagemaker-(uploading|uploaded|ignore)$"), "SageMaker's"),
    (re.compile(r"(.*[-.])?manifest$"), "a manifest"),
    (re.compile(r".*\.metadata$"), "metadata"),
    (re.compile(r"(?i)(desktop\.ini|thumbs\.db)$"), "of Windows"),
    (re.compile(r".*~$"), "a backup"),
)
LONGEST_NAME = 120  # in a message
MEMORY_SHARE = 0.95  # of the memory that may be used


class Listing(NamedTuple):
    """The data files of a channel, in order, and what was skipped: names, each with the reason."""

    files: list[Path]
    skipped: list[str]


def list_files(folder: Path) -> Listing:
    """List the data files in a folder and in those within. Raises OSError."""
    listing = Listing([], [])
    unread = [_entries(folder)]
    while unread:
        entry = next(unread[-1], None)
        if entry is None:
            unread.pop()
        elif reason := _reason_to_skip(entry):
            listing.skipped.append(f"{printable(os.path.relpath(entry.path, folder))} ({reason})")
        elif entry.is_dir(follow_symlinks=False):
            unread.append(_entries(entry.path))
        else:
            listing.files.append(Path(entry.path))
    return listing


def read_tables(
    path: Path,
    folder: Path,
    given: ContentType,
    predictor: type[Predictor],
    variables: int,
    known: Sequence[str] = (),
) -> Iterator[tuple[str, Iterable[Rows]]]:
    """Yield the tables in a file: their names in messages, and their rows. An empty file has none.

    A file that begins with `[` or `{` is JSON Lines if its content type does not say JSON. Arrays of numpy are known by
    their first bytes.
    variables: of a row. known: the names of columns that files may begin with.
    Raises DataError, and UserError if memory does not suffice.
    """
    name = printable(f"{folder.name}/{path.relative_to(folder)}")
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 3]}...{name[-LONGEST_NAME // 2 :]}"
    parts = _within_memory(parts_of_file(path, name), folder.name)
    first = next(parts, b"")
    if not first:
        return
    if first.startswith(GZIP):
        raise DataError(f"{name} is compressed by gzip twice: compress it once.")
    parts = chain([first], parts)
    if given.form == NPY or first.startswith(MAGIC):
        yield name, parse_npy(b"".join(parts), name, predictor.rows_are_independent, variables).rows()
        return
    check_text(first, name)
    if given.form == JSON:
        body = b"".join(parts)
        is_series = not predictor.rows_are_independent
        table = parse_series(body, name) if is_series else parse_rows(body, name, variables, given.label_size)
        yield name, table.rows()
    elif given.form == CSV and not first.removeprefix(BYTE_ORDER_MARK).lstrip(BLANKS).startswith((b"[", b"{")):
        labelled, gaps = given.label_size > 0, predictor.gaps_are_allowed
        layout = Layout(given.header, given.ids or 0, labelled, gaps, known, is_whole=True)
        yield name, CSVRows(parts, name, layout)
    elif predictor.rows_are_independent:
        yield name, LineRows(parts, name, variables, given.label_size)
    else:
        yield from ((line.name, line.rows) for line in series_lines(parts, name))


def check_memory(more: int, channel: str) -> None:
    """Raise UserError if `more` bytes are too many: a process that takes them would be killed silently."""
    limit = int(MEMORY_SHARE * memory_limit())
    if memory_of_others() + resident_memory() + more > limit:
        raise UserError(
            f"The `{channel}` channel does not fit into the {limit / 1e9:.1f} GB of memory that there are: take a "
            "larger instance, or give less data."
        )


def _within_memory(parts: Iterable[bytes], channel: str) -> Iterator[bytes]:
    """Yield parts as long as there is memory for what they will become, even if they are one long line."""
    line = 0
    for part in parts:
        end_of_line = part.rfind(b"\n")
        line = len(part) - end_of_line - 1 + (line if end_of_line < 0 else 0)
        check_memory(MEMORY_PER_BYTE * max(len(part), line), channel)
        yield part


def _entries(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return iter(sorted(listing, key=lambda entry: entry.name))


def _reason_to_skip(entry: os.DirEntry[str]) -> str | None:
    """Return why a file or a folder holds no data; None if it may, or if it is a link to nothing."""
    for pattern, reason in SKIPPED:
        if pattern.match(entry.name):
            return reason
    if entry.is_dir(follow_symlinks=False) or entry.is_file():
        return None
    if entry.is_dir():
        return "a link to a folder"
    return "no file" if os.path.exists(entry.path) else None  # such as a pipe, on which reading would wait
