"""Runs of anomalous rows as numbered events.

Shapes: N rows.
"""

import numpy as np
from numpy.typing import NDArray


class Events:
    """Numbers the events of one recording, chunk after chunk.

    Runs of anomalous rows with fewer than `gap` other rows between them are one event.
    """

    def __init__(self, gap: int) -> None:
        self.gap = gap
        self.rows = self.number = 0
        self.last = -gap - 1  # the last anomalous row

    def __call__(self, is_anomalous: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the number of the event of every anomalous row, from 1, and 0 for the other rows: (N,) -> (N,)."""
        rows = np.flatnonzero(is_anomalous)
        begins = np.diff(rows + self.rows, prepend=self.last) > self.gap
        numbers = np.zeros(len(is_anomalous), np.int64)
        numbers[rows] = self.number + begins.cumsum()
        if len(rows):
            self.last, self.number = self.rows + int(rows[-1]), int(numbers[rows[-1]])
        self.rows += len(is_anomalous)
        return numbers
