"""The data channels of a job: their configuration, and their files as tables."""

import json
from collections.abc import Callable, Collection, Sequence
from mmap import mmap
from typing import Any, NamedTuple

from seriesbox.errors import DataError, raise_errors
from seriesbox.formats.content_type import CSV, ContentType, ContentTypeError
from seriesbox.hyperparameters import Hyperparameters
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.channel_reader import ChannelData, ChannelReader
from seriesbox.tables.memory import private_memory
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Table

CHANNELS = ("training", "validation", "test", "model")
MODES = ("File", "FastFile")
SDK_CHANNELS = ("code", "sm_drivers", "recipe")  # added by Amazon's own clients
SHARDED = "ShardedByS3Key"
LABELLED = "test"  # the channel whose first column is a label


class Channels(NamedTuple):
    """The channels of tables. Those but the first may be missing."""

    training: ChannelData = ChannelData()
    validation: ChannelData = ChannelData()
    test: ChannelData = ChannelData()


def sharded_channels(paths: Paths) -> set[str]:
    """Return the channels whose files are divided among the hosts."""
    if len(json.loads(paths.resources.read_bytes())["hosts"]) == 1:
        return set()
    channels = json.loads(paths.inputs.read_bytes())
    return {name for name, channel in channels.items() if channel.get("S3DistributionType") == SHARDED}


def read_channels(
    paths: Paths,
    predictor: type[Predictor],
    hyperparameters: Hyperparameters,
    known: Sequence[str],
    faults: Callable[[Sequence[Table], Sequence[Table], Sequence[Table]], list[DataError]],
    sharded: Collection[str] = (),
    new_memory: Callable[[], mmap] = private_memory,
) -> Channels:
    """Return the data of all channels.

    A table is a file or, if rows depend on each other, one line of JSON Lines. Files come in the order of their paths,
    those in subfolders included. Each is read once, from its beginning to its end.

    known: the names of the columns of the earlier model, if there is one that has them. Else columns are matched by the
        header of the first training file.
    faults: returns what is wrong with tables of numbers. It is called only if a file cannot be read, so that one
        message has all faults.
    sharded: the channels that may have no files.
    new_memory: returns the memory of a channel's tables.
    Raises DataError that names the faults of all files of all channels, and UserError if memory does not suffice.
    """
    configuration = json.loads(paths.inputs.read_bytes())
    _check_configuration(configuration, paths, sharded)
    channels, errors = Channels()._asdict(), list[DataError]()
    for name in channels:
        if paths.channel(name).is_dir():
            given = _content_type(name, configuration, hyperparameters)
            first_names = name == "training" and not known
            variables = hyperparameters.variables_per_row
            reader = ChannelReader(paths.channel(name), given, predictor, variables, None if first_names else known)
            channels[name], more = reader.read(name in sharded, new_memory)
            errors += more
            if not channels["training"].tables and any(columns.names for columns in reader.columns):
                errors.append(
                    DataError(
                        f"The `{name}` channel has a header, and this host has no training file to match it with: give "
                        "each host one, or leave headers out."
                    )
                )
            known = known or names_of(channels["training"])
    if errors and (channels["training"].tables or "training" in sharded):
        errors += faults(*(channel.tables for channel in channels.values()))
    raise_errors(errors)
    return Channels(**channels)


def names_of(training: ChannelData) -> Sequence[str]:
    """Return the names of the columns of the training channel, if it has any."""
    return training.tables.columns.names if isinstance(training.tables, TableStack) else ()


def _check_configuration(configuration: dict[str, Any], paths: Paths, sharded: Collection[str]) -> None:
    for name in CHANNELS:
        mode = configuration.get(name, {}).get("TrainingInputMode") or "File"
        if mode not in MODES:
            raise DataError(
                f"The `{name}` channel is in {mode} mode, which is not supported: use {' or '.join(MODES)}."
            )
    for name in ("model", LABELLED):
        if name in sharded:
            raise DataError(
                f"The `{name}` channel is divided among the hosts: give all of it to each (FullyReplicated)."
            )
    if not paths.channel("training").is_dir() and "training" not in sharded:
        others = ", ".join(sorted(path.name for path in paths.channels.glob("*") if path.is_dir())) or "none"
        raise DataError(f"The job has no `training` channel, only {others}: give the training data under that name.")
    if unknown := sorted(configuration.keys() - {*CHANNELS, *SDK_CHANNELS}):
        raise DataError(
            f"Unknown channel `{unknown[0]}`: the channels are {', '.join(CHANNELS)}. Give it one of these "
            "names, or leave it out."
        )


def _content_type(name: str, configuration: dict[str, Any], hyperparameters: Hyperparameters) -> ContentType:
    """Return the content type of a channel. What it does not say, the hyperparameters do."""
    text, label_size = configuration.get(name, {}).get("ContentType"), int(name == LABELLED)
    try:
        given = ContentType.parse(str(text), label_size) if text else ContentType(CSV, label_size=label_size)
    except ContentTypeError as error:
        raise DataError(f"The `{name}` channel cannot be read. {error}") from None
    header = True if given.header is None and hyperparameters.header == "present" else given.header
    return given._replace(header=header, ids=hyperparameters.id_columns if given.ids is None else given.ids)
