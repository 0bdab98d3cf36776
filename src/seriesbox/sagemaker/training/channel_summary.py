"""One line about a channel, so that everybody sees what a job has read: its files, its rows, and what was skipped."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from seriesbox.files import printable
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Table, are_equal

NAMES = 5  # in one line


def summary(folder: Path, files: Sequence[Path], tables: Sequence[Table], skipped: Sequence[str]) -> str:
    """Return `training: 2 files (a.csv, b.csv), 800 rows of 1 column, 3 gaps; skipped: .DS_Store (hidden)`.

    Columns with names are followed by them. A gap is an empty cell; the cells that shorter rows lack are none.
    """
    names = shortened_list([printable(file.relative_to(folder)) for file in files])
    text = f"{folder.name}: {_number(len(files), 'file')}" + (f" ({names})" if names else "")
    if isinstance(tables, TableStack):
        series = f", {_number(len(tables), 'series')}" if len(tables) != len(files) else ""
        text += f"{series}, {_rows(tables)}, {_number(_gaps(tables), 'gap')}"
    return text + (f"; skipped: {shortened_list(skipped)}" if skipped else "")


def shortened_list(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(names[:NAMES]) + more


def _rows(tables: TableStack) -> str:
    shortest, longest = int(tables.widths.min()), int(tables.widths.max())
    columns = _number(longest, "column") if are_equal(tables.widths) else f"{shortest} to {longest} columns"
    names, ids, _ = tables.columns
    columns += f" ({shortened_list([printable(name) for name in names])})" if names else ""
    return f"{_number(len(tables.widths), 'row')} of {columns}" + (f" after {_number(ids, 'id')} each" if ids else "")


def _gaps(tables: TableStack) -> int:
    missing = sum(int(np.isnan(block).sum()) for block in tables.blocks())
    padding = tables.values.size - int(tables.widths.sum(dtype=np.int64))
    return missing - padding


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 or thing == "series" else f"{count} {thing}s"
