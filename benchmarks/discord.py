"""Matrix profile discords, which LSTM-AD is compared with."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

WINDOWS_PER_BLOCK = 1000


def discord(train: NDArray[Any], test: NDArray[Any], length: int) -> int:
    """Return the middle row of the test data's discord: the window that is farthest from its nearest neighbour.

    Windows are z-normalized. The neighbours of a window are all windows of both tables that do not overlap it by more
    than half (Yeh et al., "Matrix Profile I", 2016).

    train, test: (T, 1).
    length: of a window, in rows.
    """
    windows = sliding_window_view(np.concatenate([train, test])[:, 0], length)
    deviations = windows.std(axis=1, keepdims=True)
    normal = (windows - windows.mean(axis=1, keepdims=True)) / np.where(deviations < 1e-6, 1, deviations)
    normal = normal.astype(np.float32)
    nearest = []
    for first in range(len(train), len(normal), WINDOWS_PER_BLOCK):
        likeness = normal[first : first + WINDOWS_PER_BLOCK] @ normal.T
        for row, of_row in enumerate(likeness, first):
            of_row[max(0, row - length // 2) : row + length // 2 + 1] = -np.inf
        nearest.append(likeness.max(axis=1))
    return int(np.concatenate(nearest).argmin()) + length // 2
