"""Gaps in series, bridged in place and a block at a time: a long series takes no more memory than many short ones.

Shapes: N series, T time steps.
"""

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables import blocks

Values = NDArray[np.float64]


def bridge_gaps(values: Values) -> None:
    """Bridge the gaps of (N, T) between two observed steps linearly, in place; missing ends stay NaN."""
    for rows in blocks.blocks(*values.shape):
        if values.shape[1] <= blocks.BLOCK_CELLS:
            _bridge(values[rows])
        else:
            _bridge_long(values[rows][0])


def _bridge(values: Values) -> None:
    observed = ~np.isnan(values)
    if observed.all():
        return
    step = np.arange(values.shape[1])
    before = np.maximum.accumulate(np.where(observed, step, 0), axis=1)
    after = np.minimum.accumulate(np.where(observed, step, len(step) - 1)[:, ::-1], axis=1)[:, ::-1]
    left, right = np.take_along_axis(values, before, axis=1), np.take_along_axis(values, after, axis=1)
    values[:] = left + (right - left) * ((step - before) / np.maximum(after - before, 1))


def _bridge_long(series: Values) -> None:
    """Bridge the gaps of one series, (T,), of more steps than a block has."""
    last = None  # the last observed step so far
    for start in range(0, len(series), blocks.BLOCK_CELLS):
        observed = np.flatnonzero(~np.isnan(series[start : start + blocks.BLOCK_CELLS])) + start
        if not len(observed):
            continue
        if last is not None:
            _bridge_gap(series, last, int(observed[0]))
        last = int(observed[-1])
        _bridge(series[None, observed[0] : last + 1])


def _bridge_gap(series: Values, last: int, following: int) -> None:
    """Bridge the one gap between two observed steps."""
    left, right = series[last], series[following]
    for start in range(last + 1, following, blocks.BLOCK_CELLS):
        step = np.arange(start, min(start + blocks.BLOCK_CELLS, following))
        series[step[0] : step[-1] + 1] = left + (right - left) * ((step - last) / (following - last))
