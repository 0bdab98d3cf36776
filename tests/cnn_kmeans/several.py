"""Series of several variables."""

import numpy as np

from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL

NAN = np.nan
VARIABLES = 3
THREE = SMALL.model_copy(update={"variables": VARIABLES, "epochs": 2})


def in_rows(series: list[np.ndarray], steps: int = 0, name: str = "three variables") -> Table:
    """Series as rows, each as wide as it is, or all of the same number of steps."""
    padded = [
        np.pad(each, [(0, 0), (0, max(0, steps - each.shape[1]))], constant_values=NAN).ravel() for each in series
    ]
    widths = np.array([len(row) for row in padded], np.int32)
    values = [np.pad(row, (0, widths.max() - len(row)), constant_values=NAN) for row in padded]
    return Table(np.array(values), widths, name)


def csv(series: list[np.ndarray]) -> str:
    return "".join(
        ",".join("" if np.isnan(cell) else repr(float(cell)) for cell in each.ravel()) + "\n" for each in series
    )


def several_series() -> list[np.ndarray]:
    """40 series of 5 to 30 steps, whose variables have other units, gaps, and other beginnings and ends."""
    random = np.random.default_rng(0)
    found = []
    for number in range(40):
        values = np.sin(np.arange(random.integers(5, 31)) * (1 + number % 2) / 3) + random.normal(
            0, 0.1, (VARIABLES, 1)
        )
        values = values * [[1], [100], [0.01]] + [[0], [1e5], [7]]
        values[random.random(values.shape) < 0.1] = NAN
        values[1, : random.integers(0, 3)] = NAN
        found.append(values)
    return found
