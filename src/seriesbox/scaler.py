"""One affine map per column, fitted on training data and saved with the model."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Farther out than this, in units of the training data's spread, all values are alike: it keeps every later sum finite.
LIMIT = 1e6


class Scaler(NamedTuple):
    """`(x - shift) / scale`, column by column, in float64, cut at `LIMIT`."""

    shift: NDArray[np.float64]  # broadcasts against (N, D)
    scale: NDArray[np.float64]  # not zero

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """(N, D) in input units -> (N, D) scaled."""
        return np.clip((x.astype(np.float64, copy=False) - self.shift) / self.scale, -LIMIT, LIMIT)

    def inverse(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """(N, D) scaled -> (N, D) in input units."""
        return x.astype(np.float64, copy=False) * self.scale + self.shift
