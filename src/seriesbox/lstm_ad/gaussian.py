"""The Gaussian that turns forecast errors into a normality score.

Malhotra, Vig, Shroff, Agarwal, "Long Short Term Memory Networks for Anomaly Detection in Time Series", ESANN 2015,
section 2.2: the errors are signed, and their density is one multivariate normal.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError

# Added to every column's variance, as a share of it: keeps a singular covariance invertible, and, unlike a share of
# the mean variance, does not let a wild column hide the others.
RIDGE = 1e-6
# Variances below this are beyond what a float32 forecast of values near one can resolve.
MIN_VARIANCE = float(np.finfo(np.float32).eps) ** 2

ROWS_PER_ERROR = 10  # of a density that can be trusted


class Gaussian(NamedTuple):
    """A multivariate normal over D columns, in float64."""

    mean: NDArray[np.float64]  # (D,)
    cholesky: NDArray[np.float64]  # (D, D), lower triangular: covariance = cholesky @ cholesky.T

    @classmethod
    def fit(cls, errors: NDArray[Any], all_reduce: Callable[[NDArray[Any]], NDArray[Any]] = np.asarray) -> Self:
        """Fit to (N, D) errors, N >= 1, by maximum likelihood, plus a ridge that keeps the density finite.

        all_reduce: turns a sum over these errors into the sum over the errors of all processes.
        Raises DataError if there are none.
        """
        errors = errors.astype(np.float64)
        count = all_reduce(np.array(len(errors)))
        if not count:
            raise DataError("Training was stopped, and of the few rows that it then looked at, none has every column.")
        mean = all_reduce(errors.sum(axis=0)) / count
        centred = errors - mean
        covariance = all_reduce(centred.T @ centred) / count
        np.fill_diagonal(covariance, covariance.diagonal() * (1 + RIDGE) + MIN_VARIANCE)
        return cls(mean, np.linalg.cholesky(covariance))

    def log_density(self, errors: NDArray[Any]) -> NDArray[np.float64]:
        """Return the logarithm of the density at every row: (N, D) -> (N,)."""
        return -self.squared_distances(errors) / 2 + self.log_peak

    def squared_distances(self, errors: NDArray[Any]) -> NDArray[np.float64]:
        """Return the squared Mahalanobis distance of every row from the mean: (N, D) -> (N,)."""
        whitened = np.linalg.solve(self.cholesky, (errors - self.mean).T)  # (D, N)
        return np.asarray(np.square(whitened).sum(axis=0))

    def marginal(self, kept: NDArray[np.int64]) -> Self:
        """Return the Gaussian of some of the columns, by their numbers."""
        rows: NDArray[Any] = self.cholesky[kept]
        return type(self)(self.mean[kept], np.linalg.cholesky(rows @ rows.T))

    @property
    def log_peak(self) -> float:
        """The largest logarithm of the density, that of the mean."""
        return -float(np.log(self.cholesky.diagonal()).sum()) - len(self.mean) / 2 * math.log(2 * math.pi)


def check_complete(rows: int, errors: int) -> None:
    """Raise DataError if so few rows without gaps are held out that their density would be singular."""
    if rows <= errors:
        raise DataError(
            f"The density of {errors} errors needs {errors + 1} rows with a number in every cell in the last fifths of "
            f"the training files, but of those that are forecast only {rows} are such: fill gaps there, leave out "
            "columns that have many, or give more rows."
        )


def rough(errors: NDArray[Any], all_reduce: Callable[[NDArray[Any]], NDArray[Any]] = np.asarray) -> str | None:
    """Return a sentence if the rows of all processes' (N, E) errors are too few for their density."""
    rows, each = int(all_reduce(np.array(len(errors)))), errors.shape[1]
    if rows >= ROWS_PER_ERROR * each:
        return None
    return (
        f"The density of {each} errors is fitted to only {rows} rows of the last fifth, so scores are rough: give "
        "more rows, or raise `forecast-stride`."
    )
