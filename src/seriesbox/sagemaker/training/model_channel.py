"""The `model` channel: an earlier model that a training begins with, as SageMaker's archive or unpacked.

Only the two files of a model are read from an archive, by their names, and no more than fits into memory. So no path
is written to, no link is followed, and nothing else is unpacked. Headers that extend others are skipped: the names are
short, and `tarfile.open` would read such a header of any size into memory.
"""

import gzip
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO

from seriesbox.artifact import Artifact, load
from seriesbox.errors import ArtifactError, DataError
from seriesbox.files import printable
from seriesbox.model_folder import DESCRIPTION, TENSORS, archives, check_size, instead
from seriesbox.sagemaker.machine import local_world_size, memory_limit
from seriesbox.tables.lines import GZIP, PART


def read_model_channel(channel: Path) -> Artifact | None:
    """Return the model in the channel; None if the job has no such channel. Raises DataError."""
    if not channel.is_dir():
        return None
    try:
        if (channel / DESCRIPTION).exists():
            return load(channel)
        packed = archives(channel)
        if len(packed) != 1:
            raise DataError(
                f"The `model` channel has {len(packed)} archives and no {DESCRIPTION}: give it one model.tar.gz, or "
                f"what is in it.{'' if packed else instead(channel)}"
            )
        with tempfile.TemporaryDirectory() as folder:
            for name, content in _unpack(packed[0]).items():
                (Path(folder) / name).write_bytes(content)
            return load(Path(folder))
    except ArtifactError as error:
        raise DataError(f"The `model` channel: {error}") from None


def _unpack(archive: Path) -> dict[str, bytes]:
    """Return the files of a model that are in an archive. Raises DataError."""
    try:
        with archive.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if file.peek(len(GZIP)).startswith(GZIP) else file
            return _model_files(stream)  # type: ignore[arg-type]
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise DataError(f"{archive.name} in the `model` channel cannot be unpacked: {error}") from None
    except DataError as error:
        raise DataError(f"{archive.name} in the `model` channel: {error}") from None


def _model_files(stream: BinaryIO) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    nested = ""
    memory_left = memory_limit() // local_world_size()  # every process reads the model
    while (header := stream.read(tarfile.BLOCKSIZE)).strip(b"\0"):
        member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        memory_left -= member.size  # a member that is not wanted is read all the same
        if memory_left < 0 or member.size < 0:
            raise DataError("it holds more than fits into memory.")
        name, rest = member.name.removeprefix("./"), member.size + -member.size % tarfile.BLOCKSIZE
        if name in (DESCRIPTION, TENSORS):
            if not member.isreg():
                raise DataError(f"{name} is not a file.")
            check_size(name, member.size)
            files[name] = stream.read(member.size)
            rest -= member.size
            if len(files[name]) < member.size:
                raise EOFError(f"{name} is cut off")
        elif name.endswith(f"/{DESCRIPTION}"):
            nested = f" It has {printable(name)}: pack the files without their folder."
        while rest > 0 and (skipped := stream.read(min(rest, PART))):
            rest -= len(skipped)
    for name in (DESCRIPTION, TENSORS):
        if name not in files:
            raise DataError(f"it holds no model: {name} is missing.{nested}")
    return files
