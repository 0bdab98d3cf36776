"""Files that a command reads, of which `-` is standard input."""

from pathlib import Path

from seriesbox.files import printable


def named(file: Path) -> tuple[Path, str]:
    """Return where a file is, and what messages call it."""
    return (Path("/dev/stdin"), "standard input") if str(file) == "-" else (file, printable(file))
