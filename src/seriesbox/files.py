"""Files that are there whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path, beside: Path) -> Iterator[None]:
    """What is written `beside` within takes the file's place once it is on the disk.

    Where that fails, nothing is left beside, and an OSError names the file.
    """
    try:
        yield
        _to_disk(beside)
        os.replace(beside, file)
        _to_disk(file.parent)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = os.fspath(file)  # writing does not say where it failed
        raise


def _to_disk(path: Path) -> None:
    """Wait until what is written there is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
