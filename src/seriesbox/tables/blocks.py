"""Large arrays, a block of rows at a time, so that intermediate results stay small."""

from collections.abc import Iterator

BLOCK_CELLS = 1 << 17  # about as many as a core's cache holds


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices that cover the rows of a (rows, columns) array in order."""
    step = max(1, BLOCK_CELLS // max(1, columns))
    return (slice(first, min(first + step, rows)) for first in range(0, rows, step))
