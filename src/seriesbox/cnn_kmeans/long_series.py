"""A series of very many steps, scaled a stretch at a time: memory holds it once, as it was given.

Shapes: V variables, T time steps.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.observed import Observed
from seriesbox.cnn_kmeans.series import mean_and_deviation, scaler_of
from seriesbox.scaler import Scaler
from seriesbox.tables.blocks import BLOCK_CELLS


class LongSeries(NamedTuple):
    """One series without gaps, but with missing ends.

    values: (1, V, T) in input units.
    scaler: of each variable, (1, V, 1), or of each of their steps, (1, V, T).
    """

    values: NDArray[np.float64]
    observed: Observed
    scaler: Scaler

    @classmethod
    def of(cls, values: NDArray[np.float64], scaling: str, scaler: Scaler) -> Self:
        """Take (1, V, T) in input units. `scaling` is the hyperparameter of that name, `scaler` the model's."""
        if scaling == "series":
            parts = [values[..., first : first + BLOCK_CELLS] for first in range(0, values.shape[2], BLOCK_CELLS)]
            return cls(values, Observed.of(np.isnan(values)), Scaler(*mean_and_deviation(parts, axis=(0, 2))))
        own = scaler_of(values, scaling, scaler)
        return cls(values, Observed.of(np.isnan(values)), Scaler(*(each[None] for each in own)))

    def steps(self, first: int, stop: int) -> NDArray[np.float32]:
        """Return some steps, scaled: (1, V, `stop` - `first`).

        They are scaled a variable at a time, since all at once would take several times the memory of the result.
        """
        scaled = np.zeros((1, self.values.shape[1], stop - first), np.float32)
        for variable in np.flatnonzero(~self.observed.nothing[0]):
            nearest = self.observed.nearest(first, stop, slice(variable, variable + 1))[0, 0]
            scaler = (each[0, variable, nearest if each.shape[2] > 1 else slice(None)] for each in self.scaler)
            scaled[0, variable] = Scaler(*scaler)(self.values[0, variable, nearest])
        return scaled
