"""The files of a data channel, as tables."""

from pathlib import Path

from seriesbox.errors import DataError
from seriesbox.tables.csv import read_csv
from seriesbox.tables.table import Table


def read_channel(folder: Path) -> list[Table]:
    """One table per file, in the order of their paths; folders inside the channel are entered.

    SageMaker's own files beside the data (`-manifest`, hidden files) are not data. Raises DataError.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _is_data(path.relative_to(folder)))
    if not files:
        raise DataError(f"The `{folder.name}` channel has no files: give it one CSV file or more.")
    return [read_csv(path, name=f"{folder.name}/{path.relative_to(folder)}") for path in files]


def _is_data(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts) and not path.name.endswith("-manifest")
