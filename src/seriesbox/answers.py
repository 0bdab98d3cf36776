"""The answer to a request: its columns, and those beyond the published ones that may be asked for."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray


class Details(NamedTuple):
    """The columns after the published ones.

    threshold: the score below which a row is an anomaly, instead of the model's own.
    """

    threshold: float | None = None

    @classmethod
    def wanted(cls, verbose: bool | None, threshold: float | None, by_default: bool) -> Self | None:
        """Return the details of an answer, or None. by_default: whether it has them if nothing is said."""
        if verbose is None:
            verbose = threshold is not None or by_default
        return cls(threshold) if verbose else None


class Predictions(NamedTuple):
    """The answer to some rows, and what the log of the request tells of it, by which drift is noticed.

    columns: (N, outputs); NaN if undefined.
    drift: by field, booleans (N,), of which the log has the number, or floats, of which it has the median.
    """

    columns: NDArray[np.float32]
    drift: Mapping[str, NDArray[Any]]


NEEDS_TRAINING = "This model was trained before verbose answers existed: train it again to get them."
