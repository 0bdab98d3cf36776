"""Files that are written completely or not at all, and the names of files in messages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path, temporary: Path) -> Iterator[None]:
    """Replace `file` by `temporary`, which the block writes, once it is on the disk.

    If that fails, `temporary` is removed, and an OSError names the file.
    """
    try:
        yield
        _sync(temporary)
        os.replace(temporary, file)
        _sync(file.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = os.fspath(file)  # an error while writing names no file
        raise


def printable(name: object) -> str:
    """Return a name without bytes that cannot be printed: the encoding of a file's name may be unknown."""
    return str(name).encode("utf-8", "backslashreplace").decode()


def _sync(path: Path) -> None:
    """Wait until what is written there is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
