"""The way back from scaled series to what was given.

Shapes: N series, T time steps.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.scaler import Scaler


class InputUnits(NamedTuple):
    """Turns series of a channel back: up to rounding in float32, and to what the scaler cuts off.

    of_series: what `facts` returns of all of them, one after the other.
    """

    scaling: str  # the hyperparameter
    scaler: Scaler
    of_series: NDArray[np.float64]

    @staticmethod
    def facts(values: NDArray[np.float64], scaling: str, scaler: Scaler) -> NDArray[np.float64]:
        """Return what is lost when (N, T) are scaled and aligned, by the scaler of these series.

        (2 N,) each mean and deviation if `scaling` is series; (N,) the first step observed if it is step; else nothing.
        """
        if scaling == "series":
            return np.column_stack(scaler).ravel()
        return (~np.isnan(values)).argmax(axis=1).astype(float) if scaling == "step" else np.empty(0)

    def __call__(self, number: int, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the steps of one series, by its number in the channel, as they were given: (T,) -> (T,)."""
        scaler = self.scaler
        if self.scaling == "series":
            scaler = Scaler(*self.of_series[2 * number : 2 * number + 2])
        elif self.scaling == "step":
            first = int(self.of_series[number])
            scaler = Scaler(*(each[first : first + len(values)] for each in scaler))
        return scaler.inverse(values)
