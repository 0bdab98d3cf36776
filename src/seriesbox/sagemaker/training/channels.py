"""The data channels of a job: their configuration, and their files as tables."""

import json
from collections.abc import Callable, Collection, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from seriesbox.errors import DataError, collect_errors, raise_errors
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.data_files import check_memory, data_files, read_tables
from seriesbox.tables.stack_builder import StackBuilder
from seriesbox.tables.table import Table

CHANNELS = ("training", "validation", "model")
MODES = ("File", "FastFile")
SDK_CHANNELS = ("code", "sm_drivers", "recipe")  # added by Amazon's own clients
JSON_LINES = "application/jsonlines"
SHARDED = "ShardedByS3Key"


def sharded_channels(paths: Paths) -> set[str]:
    """Return the channels whose files are divided among the hosts."""
    if len(json.loads(paths.resources.read_bytes())["hosts"]) == 1:
        return set()
    channels = json.loads(paths.inputs.read_bytes())
    return {name for name, channel in channels.items() if channel.get("S3DistributionType") == SHARDED}


def read_channels(
    paths: Paths,
    rows_are_independent: bool,
    faults: Callable[[Sequence[Table], Sequence[Table]], list[DataError]],
    sharded: Collection[str] = (),
) -> tuple[Sequence[Table], Sequence[Table]]:
    """Return the tables of the `training` and of the `validation` channel, which may be missing.

    A table is a file or, if rows depend on each other, one line of JSON Lines. Files come in the order of their paths,
    those in subfolders included. Each is read once, from its beginning to its end.

    faults: returns what is wrong with tables of numbers. It is called only if a file cannot be read, so that one
        message has all faults.
    sharded: the channels that may have no files.
    Raises DataError that names the faults of all files of both channels, and UserError if memory does not suffice.
    """
    configuration = json.loads(paths.inputs.read_bytes())
    _check_configuration(configuration, paths, sharded)
    tables: dict[str, Sequence[Table]] = {"training": (), "validation": ()}
    errors: list[DataError] = []
    for name in tables:
        if paths.channel(name).is_dir():
            channel = configuration.get(name, {})
            tables[name], more = _read(paths.channel(name), channel, rows_are_independent, name in sharded)
            errors += more
    if errors and (tables["training"] or "training" in sharded):
        errors += faults(tables["training"], tables["validation"])
    raise_errors(errors)
    return tables["training"], tables["validation"]


def _check_configuration(configuration: dict[str, Any], paths: Paths, sharded: Collection[str]) -> None:
    for name in CHANNELS:
        mode = configuration.get(name, {}).get("TrainingInputMode") or "File"
        if mode not in MODES:
            raise DataError(
                f"The `{name}` channel is in {mode} mode, which is not supported: use {' or '.join(MODES)}."
            )
    if "model" in sharded:
        raise DataError("The `model` channel is divided among the hosts: give it to all of them (FullyReplicated).")
    if not paths.channel("training").is_dir() and "training" not in sharded:
        others = ", ".join(sorted(path.name for path in paths.channels.glob("*") if path.is_dir())) or "none"
        raise DataError(f"The job has no `training` channel, only {others}: give the training data under that name.")
    if unknown := sorted(configuration.keys() - {*CHANNELS, *SDK_CHANNELS}):
        raise DataError(
            f"Unknown channel `{unknown[0]}`: the channels are {', '.join(CHANNELS)}. Give it one of these "
            "names, or leave it out."
        )


def _read(
    folder: Path, channel: dict[str, Any], rows_are_independent: bool, may_be_empty: bool
) -> tuple[Sequence[Table], list[DataError]]:
    """Return the tables of a channel, and the errors of the files that could not be read."""
    content_type, _, _ = str(channel.get("ContentType", "")).partition(";")
    json_lines = content_type.strip().lower() == JSON_LINES
    try:
        files = list(data_files(folder))
    except OSError as error:
        return (), [DataError(f"The `{folder.name}` channel cannot be listed: {error}.")]
    if not files and not may_be_empty:
        return (), [DataError(f"The `{folder.name}` channel has no files: give it one CSV file or more.")]
    builder = StackBuilder()
    # After a file that raised, a chain continues with the next one.
    tables = chain.from_iterable(read_tables(file, folder, json_lines, rows_are_independent) for file in files)
    errors = collect_errors(lambda table: builder.add(*table), tables)
    if not builder and not errors and not may_be_empty:
        errors.append(DataError(f"The `{folder.name}` channel has nothing but empty files: give it rows of numbers."))
    if not builder:
        return (), errors
    check_memory(builder.padding, folder.name)
    try:
        return builder.build(), errors
    except DataError as error:
        return (), [*errors, error]
