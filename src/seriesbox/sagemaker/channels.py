"""The files of the data channels, as tables."""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from seriesbox.errors import DataError, UserError, found, printable, raise_together
from seriesbox.sagemaker.machine import memory_limit, resident
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.csv import csv_rows
from seriesbox.tables.json import row_lines, series_lines
from seriesbox.tables.pieces import BLANKS, BYTE_ORDER_MARK, parts_of_file
from seriesbox.tables.table import Piece, Rows, Table

CHANNELS = ("training", "validation", "model")
MODES = ("File", "FastFile")
OF_THE_SDK = ("code", "sm_drivers", "recipe")  # channels that Amazon's own clients add
# What SageMaker puts beside the data, or has not finished.
NO_DATA = ("-manifest", ".sagemaker-uploading", ".sagemaker-uploaded", ".sagemaker-ignore")
JSON_LINES = "application/jsonlines"
LONGEST_NAME = 120  # in a message
MOST_MEMORY = 0.95  # of what there is
DIVIDED = "ShardedByS3Key"

Tables = Sequence[Table]


def divided_channels(paths: Paths) -> set[str]:
    """The channels of which every host has other files, or none."""
    if len(json.loads(paths.resources.read_bytes())["hosts"]) == 1:
        return set()
    channels = json.loads(paths.inputs.read_bytes())
    return {name for name, channel in channels.items() if channel.get("S3DistributionType") == DIVIDED}


def read_channels(
    paths: Paths,
    rows_are_independent: bool,
    faults: Callable[[Tables, Tables], list[DataError]],
    divided: Collection[str] = (),
) -> tuple[Tables, Tables]:
    """The tables of the `training` and of the `validation` channel, which may be missing.

    A table is a file, in the order of their paths, folders entered; or one line of JSON Lines where rows depend on each
    other. Every file is read once, from its beginning to its end, and nothing is written beside it.

    faults: says what is wrong with tables of numbers.
    divided: the channels that may have no files.
    Raises DataError that names the faults of all files of both channels, and UserError where memory does not suffice.
    """
    configuration = json.loads(paths.inputs.read_bytes())
    for name in CHANNELS:
        mode = configuration.get(name, {}).get("TrainingInputMode") or "File"
        if mode not in MODES:
            raise DataError(
                f"The `{name}` channel is in {mode} mode, which is not supported: use {' or '.join(MODES)}."
            )
    if "model" in divided:
        raise DataError("The `model` channel is divided among the hosts: give it to all of them (FullyReplicated).")
    if not paths.channel("training").is_dir() and "training" not in divided:
        others = ", ".join(sorted(path.name for path in paths.channels.glob("*") if path.is_dir())) or "none"
        raise DataError(f"The job has no `training` channel, only {others}: give the training data under that name.")
    if unknown := sorted(configuration.keys() - {*CHANNELS, *OF_THE_SDK}):
        raise DataError(
            f"Nothing would read the channel `{unknown[0]}`: the channels are {', '.join(CHANNELS)}. Give it one of "
            "these names, or leave it out."
        )

    tables: dict[str, Tables] = {"training": (), "validation": ()}
    errors: list[DataError] = []
    for name in tables:
        if paths.channel(name).is_dir():
            channel = configuration.get(name, {})
            tables[name], more = _read(paths.channel(name), channel, rows_are_independent, name in divided)
            errors += more
    if tables["training"] or "training" in divided:
        errors += faults(tables["training"], tables["validation"])
    raise_together(errors)
    return tables["training"], tables["validation"]


def _read(
    folder: Path, channel: dict[str, Any], independent: bool, may_be_empty: bool
) -> tuple[Tables, list[DataError]]:
    """The tables of a channel, and what is wrong with those that are none."""
    form, _, _ = str(channel.get("ContentType", "")).partition(";")
    lines = form.strip().lower() == JSON_LINES
    rows, limit = Rows(), int(MOST_MEMORY * memory_limit())
    try:
        files = list(_files(folder))
    except OSError as error:
        return (), [DataError(f"The `{folder.name}` channel cannot be listed: {error}.")]
    if not files and not may_be_empty:
        return (), [DataError(f"The `{folder.name}` channel has no files: give it one CSV file or more.")]
    # A chain goes on with the next file after one that raised.
    tables = chain.from_iterable(_tables(file, folder, lines, independent, limit) for file in files)
    errors = found(lambda table: rows.read(*table), tables)
    if not rows and not errors and not may_be_empty:
        errors.append(DataError(f"The `{folder.name}` channel has nothing but empty files: give it rows of numbers."))
    if not rows:
        return (), errors
    _check_memory(rows.padding, limit, folder.name)
    try:
        return rows.tables(), errors
    except DataError as error:
        return (), [*errors, error]


def _files(folder: Path) -> Iterator[Path]:
    """The data files in a folder and those within, in order."""
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif (entry.is_file() or entry.is_symlink()) and not entry.name.endswith(NO_DATA):
            yield Path(entry.path)


def _tables(
    path: Path, folder: Path, lines: bool, independent: bool, limit: int
) -> Iterator[tuple[str, Iterator[Piece]]]:
    """The tables in a file, and what messages call them. Raises DataError."""
    name = printable(f"{folder.name}/{path.relative_to(folder)}")
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 3]}...{name[-LONGEST_NAME // 2 :]}"
    parts = _within(limit, parts_of_file(path, name), folder.name)
    first = next(parts, b"")
    if not first:  # such as Spark's _SUCCESS
        return
    parts = chain([first], parts)
    if not lines and not first.removeprefix(BYTE_ORDER_MARK).lstrip(BLANKS).startswith(b"["):
        yield name, csv_rows(parts, name)
    elif independent:
        yield name, row_lines(parts, name)
    else:
        yield from series_lines(parts, name)


def _within(limit: int, parts: Iterable[bytes], channel: str) -> Iterator[bytes]:
    for part in parts:
        _check_memory(len(part), limit, channel)
        yield part


def _check_memory(more: int, limit: int, channel: str) -> None:
    """Raise UserError where so many bytes more are too many: a process that takes them is killed without a word."""
    if resident() + more > limit:
        raise UserError(
            f"The `{channel}` channel does not fit into the {limit / 1e9:.1f} GB of memory that there are: take a "
            "larger instance, or give less data."
        )
