"""Archives of models, as SageMaker makes them."""

import tarfile
from collections.abc import Callable
from pathlib import Path


def pack(
    folder: Path, archive: Path, change: Callable[[tarfile.TarInfo], tarfile.TarInfo] = lambda member: member
) -> None:
    """Write a compressed tar of the files in a folder, with every member changed."""
    with tarfile.open(archive, "w:gz") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, file.name, filter=change)
