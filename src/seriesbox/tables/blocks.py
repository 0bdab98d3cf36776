"""Large arrays a block of rows at a time, so that nothing computed from them on the way is as large as they are."""

from collections.abc import Iterator

CELLS = 1 << 17  # about those of a core's cache


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices that cover the rows of a (rows, columns) array in order."""
    step = max(1, CELLS // max(1, columns))
    return (slice(first, min(first + step, rows)) for first in range(0, rows, step))
