"""Matrix profile discords, which LSTM-AD is compared with."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

ROWS_AT_ONCE = 1000


def discord(series: NDArray[np.float32], length: int, start: int) -> int:
    """Return the first row of the discord: the window that is farthest from its nearest neighbour.

    Windows are z-normalized, and only those from row `start` on are asked. A window's neighbours are all that do not
    overlap it by more than half (Yeh et al., "Matrix Profile I", 2016).

    series: (T,).
    length: of a window.
    """
    windows = sliding_window_view(series, length)
    deviations = windows.std(axis=1, keepdims=True)
    normal = (windows - windows.mean(axis=1, keepdims=True)) / np.where(deviations < 1e-6, 1, deviations)
    nearest = []
    for first in range(start, len(normal), ROWS_AT_ONCE):
        chunk = normal[first : first + ROWS_AT_ONCE]
        similarity = chunk @ normal.T  # of a window with itself: its length
        for row in range(len(chunk)):
            around = first + row
            similarity[row, max(0, around - length // 2) : around + length // 2 + 1] = -np.inf
        nearest.append(similarity.max(axis=1))
    return start + int(np.concatenate(nearest).argmin())
