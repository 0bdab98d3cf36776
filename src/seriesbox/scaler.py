"""One affine map per column, fitted on training data and saved with the model."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Scaled values beyond this are cut off, so that every later sum is finite.
LIMIT = 1e6


class Scaler(NamedTuple):
    """`(x - shift) / scale`, column by column, in float64, cut at `LIMIT`."""

    shift: NDArray[np.float64]  # broadcasts against (N, D)
    scale: NDArray[np.float64]  # positive

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Return (N, D) values scaled."""
        return np.clip((x.astype(np.float64, copy=False) - self.shift) / self.scale, -LIMIT, LIMIT)

    def inverse(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Return (N, D) scaled values in input units."""
        return x.astype(np.float64, copy=False) * self.scale + self.shift
