"""The folder of a model: its two files, or what is in their place."""

from contextlib import suppress
from pathlib import Path

from seriesbox.errors import ArtifactError
from seriesbox.files import printable

TENSORS = "model.safetensors"
DESCRIPTION = "model.json"
MAX_DESCRIPTION = 1 << 22  # bytes; `train` writes a thousand, and more if very many columns have names


def read(folder: Path, name: str) -> bytes:
    """Return the contents of one of the two files. Raises ArtifactError, and OSError if it cannot be read."""
    file = folder / name
    if file.is_symlink() or (file.exists() and not file.is_file()):  # such as a pipe, on which reading would wait
        raise ArtifactError(f"{file} is a link, or not a file: a model consists of the two files themselves.")
    try:
        check_size(name, file.stat().st_size)
        return file.read_bytes()
    except FileNotFoundError:
        raise missing(folder, name) from None
    except NotADirectoryError:
        raise ArtifactError(printable(f"{folder} is a file: give the folder that has a model's files.")) from None


def check_size(name: str, size: int) -> None:
    """Raise ArtifactError if a description has too many bytes to be one."""
    if name == DESCRIPTION and size > MAX_DESCRIPTION:
        raise ArtifactError(f"{name} has {size} bytes, that of a model at most {MAX_DESCRIPTION}: it is another file.")


def missing(folder: Path, name: str) -> ArtifactError:
    """Return the error that a folder lacks a file of the two, which also says what is there instead."""
    message = f"{folder} holds no model: {name} is missing, which a training writes.{instead(folder)}"
    return ArtifactError(printable(message))


def instead(folder: Path) -> str:
    """Return a sentence about an archive in the folder, or a model or archive one folder down; empty without one."""
    with suppress(OSError, ValueError):  # of folders that cannot be read, and names that cannot be a folder's
        if packed := archives(folder):
            return f" It holds {packed[0].name}: unpack it."
        for below in sorted(path for path in folder.iterdir() if path.is_dir()):
            if nested := [file for file in (below / DESCRIPTION, *archives(below)) if file.exists()]:
                return f" {below} holds {nested[0].name}: the files belong into {folder} itself."
    return ""


def archives(folder: Path) -> list[Path]:
    """Return the archives in a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.name.endswith((".tar.gz", ".tgz", ".tar")))
