"""The steps at which something of a series is observed, and what stands for the others.

Shapes: N series, V variables, T time steps.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]


class Observed(NamedTuple):
    """The observed steps of series without gaps. A series begins with its first variable, and ends with its last one.

    start, length: (N,).
    first, last: (N, V, 1) the ends of each variable.
    nothing: (N, V, 1) the variables of which nothing is observed.
    """

    start: Steps
    length: Steps
    first: Steps
    last: Steps
    nothing: NDArray[np.bool]

    @classmethod
    def of(cls, missing: NDArray[np.bool]) -> Self:
        """Return the observed steps by those that are missing, (N, V, T)."""
        steps = missing.shape[2]
        first, last = missing.argmin(axis=2), steps - 1 - missing[..., ::-1].argmin(axis=2)  # (N, V)
        nothing = np.asarray(missing.all(axis=2))
        start = np.where(nothing, steps, first).min(axis=1)
        length = np.where(nothing, 0, last + 1).max(axis=1) - start
        return cls(start, length, first[..., None], last[..., None], nothing[..., None])

    def nearest(self, first: int, stop: int, variables: slice = slice(None)) -> Steps:
        """Return where each of these variables has a value for steps `first` to before `stop` of the series.

        (N, V, `stop` - `first`): the step itself, or the nearest one that is observed.
        """
        steps = self.start[:, None, None] + np.arange(first, stop)
        return steps.clip(self.first[:, variables], self.last[:, variables])
