"""Gaps in recordings: which cells are missing, and straight lines across them.

Shapes: N rows, D columns, n rows of a chunk, K missing cells.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.blocks import blocks
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Cells

Numbers = NDArray[np.int64]


class Bridge:
    """Bridges the gaps of one recording, (N, D), chunk after chunk of its rows. It copies no more than a chunk.

    A column is a straight line between the two values around a gap, however far away they are, and stays at its first
    and its last one before and after them. If it has no value, it stays NaN.

    before: (D,) the last row with a value of every column before the next chunk; -1 if there is none.
    after: (D,) the first one behind the last chunk that had gaps; N if there is none.
    """

    def __init__(self, values: Cells) -> None:
        self.values = values
        self.before, self.after = np.full((2, values.shape[1]), -1)

    def __call__(self, rows: slice) -> Cells:
        """Return the next rows, bridged, (n, D): a view if there is nothing to bridge."""
        chunk = self.values[rows]
        if not np.isnan(chunk).any():
            self.before[:] = rows.stop - 1
            return chunk
        bridged = chunk.copy()
        for block in blocks(*chunk.shape):
            self._bridge(bridged[block], rows.start + block.start)
        return bridged

    def _bridge(self, chunk: Cells, start: int) -> None:
        """Bridge the next rows, (n, D), in place."""
        is_missing, end = np.isnan(chunk), start + len(chunk)
        self._look_ahead(end, len(chunk))
        numbers = np.arange(start, end)[:, None]
        before = np.maximum.accumulate(np.where(is_missing, self.before, numbers))
        after = np.minimum.accumulate(np.where(is_missing, self.after, numbers)[::-1])[::-1]
        self.before = before[-1].copy()
        gaps = np.nonzero(is_missing)
        chunk[gaps] = self._lines(start + gaps[0], gaps[1], before[gaps], after[gaps])

    def _look_ahead(self, end: int, step: int) -> None:
        """Find the first row with a value from row `end` on, `step` rows at a time, in the columns that need it."""
        unknown = np.flatnonzero(self.after < end)
        self.after[unknown] = len(self.values)
        for start in range(end, len(self.values), step):
            has_value = ~np.isnan(self.values[start : start + step, unknown])
            found = has_value.any(axis=0)
            self.after[unknown[found]] = start + has_value[:, found].argmax(axis=0)
            unknown = unknown[~found]
            if not len(unknown):
                break

    def _lines(self, rows: Numbers, columns: Numbers, before: Numbers, after: Numbers) -> Cells:
        """Return the values at cells, (K,), on lines from the rows before them to those after, (K,)."""
        count = len(self.values)
        start = np.where(before < 0, after, before).clip(max=count - 1)
        end = np.where(after == count, before, after)
        low, high = self.values[start, columns], self.values[end, columns]
        return (high - low) / np.maximum(end - start, 1) * (rows - start) + low


def missing_cells(tables: TableStack) -> NDArray[np.bool_] | None:
    """Return which cells are missing, (N, D), once for all processes of the host; None if none is."""
    if not any(np.isnan(block).any() for block in tables.blocks()):
        return None
    shape = tables.values.shape
    return tables.share(lambda: np.isnan(tables.values).reshape(-1)).reshape(shape)


def bridge_gaps(values: Cells, parts: Sequence[slice]) -> None:
    """Bridge the gaps of every part of (N, D) rows, one part after the other, in place."""
    for part in parts:
        recording = values[part]
        bridge = Bridge(recording)
        for rows in blocks(*recording.shape):
            recording[rows] = bridge(rows)
