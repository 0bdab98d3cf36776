"""Other scores of the rows of a series, beside which LSTM-AD is measured. High scores are anomalous.

Shapes: N rows to score.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from benchmarks.data import Anomaly

LENGTH = 100  # of a window, in rows
Array = NDArray[np.float64]


def rivals() -> dict[str, Callable[[Anomaly], Array]]:
    """Return those that are installed, by the names that figures have."""
    installed: dict[str, Callable[[Anomaly], Array]] = {"moving_z": moving_z}
    if find_spec("stumpy"):
        installed["matrix_profile"] = matrix_profile
    return installed


def moving_z(problem: Anomaly) -> Array:
    """Return how many deviations every row is from the mean of the rows before it, (N,)."""
    train, test = problem.train.values[:, 0], problem.test.values[:, 0]
    before = sliding_window_view(np.concatenate([train[-LENGTH:], test])[:-1], LENGTH)
    deviation = before.std(axis=1)
    distance: Array = np.abs(test - before.mean(axis=1)) / np.where(deviation > 0, deviation, 1)
    return distance


def matrix_profile(problem: Anomaly) -> Array:
    """Return the distance of the window around every row from its nearest neighbour in the whole series, (N,).

    Yeh et al., "Matrix Profile I", 2016, by stumpy.
    """
    import stumpy

    values = np.concatenate([problem.train.values, problem.test.values])[:, 0]
    profile = stumpy.stump(values, LENGTH)[:, 0].astype(np.float64)
    around = np.pad(profile, (LENGTH // 2, LENGTH - 1 - LENGTH // 2), mode="edge")
    return around[len(problem.train.values) :]
