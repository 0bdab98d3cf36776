"""Comma-separated bytes <-> tables of floats. `csv_rows.py` reads large ones in parts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import orjson
from numpy.typing import NDArray

from seriesbox.tables.csv_cells import SHORTCUT_BYTES, parse_plain_lines
from seriesbox.tables.csv_header import is_counted
from seriesbox.tables.csv_rows import NUMBERS_ONLY, CSVRows, Layout
from seriesbox.tables.lines import BLANKS, parts_of
from seriesbox.tables.stack_builder import build_table
from seriesbox.tables.table import Table


def parse_csv(body: bytes, name: str, layout: Layout = NUMBERS_ONLY) -> Table:
    """Parse comma-separated numbers. Raises as iterating over `CSVRows` does."""
    has_texts = layout.header or layout.ids or layout.known
    is_short = len(body) <= SHORTCUT_BYTES and not has_texts and not (layout.header is None and is_counted(body))
    if is_short and (values := parse_plain_lines(body.rstrip(BLANKS))) is not None:
        return Table.of(values, name)
    rows = CSVRows(parts_of(body), name, layout)
    return replace(build_table(rows, name, len(body)), columns=rows.columns, ids=rows.ids)


def write_csv(values: NDArray[np.floating], ids: Sequence[bytes] | None = None, ids_first: bool = False) -> bytes:
    """Write (N, D) as comma-separated rows, each ended by one newline; NaN is an empty cell.

    Every number is printed with the fewest digits that read back as the same one of its type.
    ids: (N,) the cells of ids of every row, which follow its numbers or, if they are first, come before them.
    """
    if not len(values):
        return b""
    rows = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].replace(b"null", b"")
    if ids is None:
        return rows.replace(b"],[", b"\n") + b"\n"
    numbers = rows.split(b"],[")
    pairs = zip(ids, numbers, strict=True) if ids_first else zip(numbers, ids, strict=True)
    return b"".join(b"%b,%b\n" % pair for pair in pairs)
