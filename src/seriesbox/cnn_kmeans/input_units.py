"""The way back from scaled series to what was given.

Shapes: N series, V variables, T time steps.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.observed import Observed
from seriesbox.scaler import Scaler


class InputUnits(NamedTuple):
    """Turns series of a channel back: up to rounding in float32, and to what the scaler cuts off.

    of_series: what `facts` returns of all of them, one after the other.
    """

    scaling: str  # the hyperparameter
    scaler: Scaler  # of the model
    of_series: NDArray[np.float64]

    @staticmethod
    def facts(values: NDArray[np.float64], scaling: str, scaler: Scaler) -> NDArray[np.float64]:
        """Return what is lost when (N, V, T) are scaled and aligned, by the scaler of these series.

        (N * 2 * V,) their means and deviations if `scaling` is series; (N,) the first step observed if it is step; else
        nothing.
        """
        if scaling == "series":
            return np.stack(scaler, axis=1).ravel()
        return Observed.of(np.isnan(values)).start.astype(float) if scaling == "step" else np.empty(0)

    def __call__(self, number: int, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the steps of one series, by its number in the channel, as they were given: (V, T) -> (V, T)."""
        variables, steps = values.shape
        if self.scaling == "series":
            return Scaler(*self.of_series.reshape(-1, 2, variables, 1)[number]).inverse(values)
        first = int(self.of_series[number]) if self.scaling == "step" else 0
        each_step = (each.reshape(variables, -1)[:, first : first + steps] for each in self.scaler)
        return Scaler(*each_step).inverse(values)
