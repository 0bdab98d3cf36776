"""The density of rows of which some columns are missing, and what the others have to do with it.

The errors that are observed have a Gaussian of their own, the marginal. A row's score is what its density is expected
to be, the missing errors being as the Gaussian expects them from the observed ones: each adds one to the squared
Mahalanobis distance. So scores of all rows have one scale, and one threshold.

Shapes: N rows, D columns, E = F * D errors of F forecasts; columns vary fastest.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.surprise import Surprise

Errors = NDArray[Any]


def log_density(gaussian: Gaussian, errors: Errors, columns: int) -> NDArray[np.float64]:
    """Return the expected log-density of every row, (N, E) -> (N,); NaN if nothing is observed.

    NaN is a missing error. The density of a complete row is its own.
    """
    density = gaussian.log_density(errors)
    for rows, observed in _gaps(errors, columns):
        marginal, kept = _marginal(gaussian, observed, columns)
        distances = marginal.squared_distances(errors[np.ix_(rows, kept)])
        density[rows] = gaussian.log_peak - (distances + errors.shape[1] - len(kept)) / 2
    return density


def surprises(gaussian: Gaussian, of_complete: Surprise, errors: Errors, columns: int) -> NDArray[np.float64]:
    """Return the surprise of every column, (N, E) -> (N, D), by the marginal of a row's own; NaN if it is missing."""
    surprise = of_complete(errors)
    for rows, observed in _gaps(errors, columns):
        marginal, kept = _marginal(gaussian, observed, columns)
        surprise[np.ix_(rows, observed)] = Surprise(marginal, len(observed))(errors[np.ix_(rows, kept)])
    return surprise


def _gaps(errors: Errors, columns: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield rows that lack the same columns, and the columns that they have, if these are neither none nor all."""
    is_missing = np.isnan(errors[:, :columns])
    rows = np.flatnonzero(is_missing.any(axis=1) & ~is_missing.all(axis=1))
    if not len(rows):
        return
    patterns, numbers, counts = np.unique(is_missing[rows], axis=0, return_inverse=True, return_counts=True)
    of_patterns = np.split(rows[numbers.reshape(-1).argsort(kind="stable")], counts.cumsum()[:-1])
    for of_pattern, pattern in zip(of_patterns, patterns, strict=True):
        yield of_pattern, np.flatnonzero(~pattern)


def _marginal(gaussian: Gaussian, observed: NDArray[np.int64], columns: int) -> tuple[Gaussian, NDArray[np.int64]]:
    """Return the Gaussian of all errors of the observed columns, and which errors these are."""
    kept = np.flatnonzero(np.isin(np.arange(len(gaussian.mean)) % columns, observed))
    return gaussian.marginal(kept), kept
