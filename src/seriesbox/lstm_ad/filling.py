"""Forecasts of a recording with gaps, which are filled by what was forecast before.

Shapes: N rows, D columns, L context steps, P predicted steps, S rows from a forecast to the next, B forecasts.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters

Rows = NDArray[np.float64]
Forecasts = NDArray[np.float32]


class Filling:
    """Forecasts chunk after chunk of one recording. A missing cell of a context has the newest forecast of its row.

    Before the first forecast, it has the last known value of its column or, if there is none yet, the first one.

    forecast: forecasts every block of S rows from the context before it, (L + N, D) -> (B, P, D).
    first: (D,) the first known value of every column.
    """

    def __init__(self, forecast: Callable[[Rows], Forecasts], sizes: LSTMADHyperparameters, first: Rows) -> None:
        self.forecast, self.context_length, self.stride = forecast, sizes.context_length, sizes.stride
        self.first = first
        self.context: Rows | None = None  # the end of the last chunk that had gaps, filled

    def __call__(self, rows: Rows) -> Forecasts:
        """Return the forecasts of the rows after the first context, (L + N, D) -> (B, P, D).

        The first L rows are the last ones of the chunk before.
        """
        if not np.isnan(rows).any():
            return self.forecast(rows)
        filled, length = rows.copy(), self.context_length
        if np.isnan(rows[:length]).any():
            filled[:length] = carried(rows[:length], self.first) if self.context is None else self.context
        forecasts, done = [], 0  # blocks
        for block in np.unique(np.flatnonzero(np.isnan(rows[length:]).any(axis=1)) // self.stride):
            # Contexts up to this block's have no gap that is not filled yet.
            start, end = length + block * self.stride, length + (block + 1) * self.stride
            forecasts.append(self.forecast(filled[done * self.stride : end]))
            gaps = filled[start:end]
            np.copyto(gaps, forecasts[-1][-1, : len(gaps)], where=np.isnan(gaps))
            done = block + 1
        if length + done * self.stride < len(rows):
            forecasts.append(self.forecast(filled[done * self.stride :]))
        self.context = filled[-length:]
        return np.concatenate(forecasts)


def carried(rows: Rows, first: Rows) -> Rows:
    """Return (N, D) rows with the last known value in place of a missing one; `first`, (D,), before there is any."""
    numbers = np.arange(len(rows))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(rows), -1, numbers), axis=0)
    return np.where(last < 0, first, np.take_along_axis(rows, last.clip(0), axis=0))


def first_known(values: Rows) -> Rows:
    """Return the first known value of every column, (N, D) -> (D,); NaN if there is none."""
    if not np.isnan(values[0]).any():
        return np.asarray(values[0])
    return np.array([column[np.isnan(column).argmin()] for column in values.T])
