"""A series of very many steps, scaled a stretch at a time: memory holds it once, as it was given.

Shapes: T time steps.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.series import mean_and_deviation
from seriesbox.scaler import Scaler
from seriesbox.tables.blocks import BLOCK_CELLS


class LongSeries(NamedTuple):
    """One series without gaps and missing ends.

    values: (1, T) in input units.
    scaler: of every step if `scaling` is step, else of all.
    """

    values: NDArray[np.float64]
    scaling: str
    scaler: Scaler

    @classmethod
    def of(cls, row: NDArray[np.float64], scaling: str, scaler: Scaler) -> Self:
        """Take a row of a table, whose gaps are bridged. `scaling` is the hyperparameter of that name."""
        observed = ~np.isnan(row)
        span = slice(int(observed.argmax()), len(row) - int(observed[::-1].argmax()))
        values = row[None, span]
        if scaling == "series":
            parts = [values[:, first : first + BLOCK_CELLS] for first in range(0, values.shape[1], BLOCK_CELLS)]
            scaler = Scaler(*mean_and_deviation(parts, axis=None))
        elif scaling == "step":
            scaler = Scaler(*(each[span] for each in scaler))
        return cls(values, scaling, scaler)

    def steps(self, first: int, stop: int) -> NDArray[np.float32]:
        """Return some steps, scaled: (1, `stop` - `first`)."""
        scaler = Scaler(*(each[first:stop] for each in self.scaler)) if self.scaling == "step" else self.scaler
        return scaler(self.values[:, first:stop]).astype(np.float32)
