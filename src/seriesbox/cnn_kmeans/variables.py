"""The variables of a row, one after the other, each of the same number of cells.

Shapes: N series, V variables, T time steps.
"""

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.tables.blocks import BLOCK_CELLS, blocks
from seriesbox.tables.table import Widths, are_equal

Values = NDArray[np.float64]


def as_series(values: Values, widths: Widths, variables: int) -> Values:
    """Return rows of these widths as series without gaps, in their memory: (N, V * T) -> (N, V, T), with missing ends.

    The variables of a shorter row are moved to where those of the longest one are.
    """
    steps = values.shape[1] // variables
    if variables > 1 and not are_equal(widths):
        for rows in blocks(*values.shape):
            if values.shape[1] <= BLOCK_CELLS:
                _spread(values[rows], widths[rows], variables)
            else:
                _spread_long(values[rows][0], int(widths[rows.start]), variables)
    series = values.reshape(len(values), variables, steps)
    for variable in range(variables):
        bridge_gaps(series[:, variable])
    return series


def _spread(values: Values, widths: Widths, variables: int) -> None:
    columns = np.arange(values.shape[1])
    spread = np.full(values.shape, np.nan)
    moved = columns % (values.shape[1] // variables) < (widths // variables)[:, None]
    spread[moved] = values[columns < widths[:, None]]
    values[:] = spread


def _spread_long(row: Values, width: int, variables: int) -> None:
    """Spread the cells of one row, (V * T,), from the last variable to the first, so that none is lost."""
    steps, given = len(row) // variables, width // variables
    for variable in reversed(range(variables)):
        first = variable * steps
        for part in reversed(list(blocks(given, 1))):
            cells = row[variable * given + part.start : variable * given + part.stop].copy()
            row[first + part.start : first + part.stop] = cells
        row[first + given : first + steps] = np.nan
