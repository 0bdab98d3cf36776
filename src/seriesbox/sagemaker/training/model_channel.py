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

from seriesbox.artifact import DESCRIPTION, TENSORS, Artifact, load
from seriesbox.errors import ArtifactError, DataError
from seriesbox.sagemaker.machine import memory_limit
from seriesbox.tables.lines import GZIP, PART


def read_model_channel(channel: Path) -> Artifact | None:
    """Return the model in the channel; None if the job has no such channel. Raises DataError."""
    if not channel.is_dir():
        return None
    try:
        if (channel / DESCRIPTION).exists():
            return load(channel)
        archives = sorted(path for path in channel.iterdir() if path.name.endswith((".tar.gz", ".tgz", ".tar")))
        if len(archives) != 1:
            raise DataError(
                f"The `model` channel has {len(archives)} archives and no {DESCRIPTION}: give it one model.tar.gz, or "
                "what is in it."
            )
        with tempfile.TemporaryDirectory() as folder:
            for name, content in _unpack(archives[0]).items():
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
    memory_left = memory_limit()
    while (header := stream.read(tarfile.BLOCKSIZE)).strip(b"\0"):
        member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        memory_left -= member.size  # a member that is not wanted is read all the same
        if memory_left < 0 or member.size < 0:
            raise DataError("it holds more than fits into memory.")
        name, rest = member.name.removeprefix("./"), member.size + -member.size % tarfile.BLOCKSIZE
        if name in (DESCRIPTION, TENSORS):
            if not member.isreg():
                raise DataError(f"{name} is not a file.")
            files[name] = stream.read(member.size)
            rest -= member.size
            if len(files[name]) < member.size:
                raise EOFError(f"{name} is cut off")
        while rest > 0 and (skipped := stream.read(min(rest, PART))):
            rest -= len(skipped)
    return files
