"""The `model` channel: an earlier model that a training begins with, as the archive SageMaker made of it or unpacked.

An archive is read as a stream, and of its contents only the two files of a model, each where it belongs and no larger
than memory: so no path leads anywhere, no link is followed, and nothing else is unpacked.
"""

import tarfile
import tempfile
import zlib
from pathlib import Path

from seriesbox.artifact import DESCRIPTION, TENSORS, Artifact, load
from seriesbox.errors import ArtifactError, DataError
from seriesbox.sagemaker.machine import memory_limit


def read_earlier(channel: Path) -> Artifact | None:
    """The model in the channel; None where the job has no such channel. Raises DataError."""
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
            _unpack(archives[0], Path(folder))
            return load(Path(folder))
    except ArtifactError as error:
        raise DataError(f"The `model` channel: {error}") from None


def _unpack(archive: Path, folder: Path) -> None:
    found, room = set(), memory_limit()
    try:
        with tarfile.open(archive, "r|*") as members:
            for member in members:
                room -= member.size  # what is not wanted is read all the same
                if room < 0:
                    raise DataError(f"{archive.name} in the `model` channel holds more than fits into memory.")
                name = member.name.removeprefix("./")
                if name not in (DESCRIPTION, TENSORS) or name in found:
                    continue
                content = members.extractfile(member) if member.isreg() else None
                if content is None:
                    raise DataError(f"{archive.name} in the `model` channel: {name} is not a file.")
                (folder / name).write_bytes(content.read())
                found.add(name)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise DataError(f"{archive.name} in the `model` channel cannot be unpacked: {error}") from None
