"""The data files of a channel, and the tables in them."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from seriesbox.errors import UserError
from seriesbox.files import printable
from seriesbox.formats.content_type import ContentType
from seriesbox.formats.files import tables_in
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.machine import memory_limit, memory_of_others, resident_memory
from seriesbox.tables.lines import MEMORY_PER_BYTE, parts_of_file
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
    """Yield the tables in a file of a channel, as `tables_in` does. Raises UserError if memory does not suffice."""
    name = printable(f"{folder.name}/{path.relative_to(folder)}")
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 3]}...{name[-LONGEST_NAME // 2 :]}"
    return tables_in(_within_memory(parts_of_file(path, name), folder.name), name, given, predictor, variables, known)


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
