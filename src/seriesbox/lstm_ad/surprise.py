"""The share of each column in how surprising a row is, and the band in which a column's forecast is normal.

Shapes: N rows, D columns, F forecasts of a row, E = F * D errors; columns vary fastest.
"""

import math

import numpy as np
from numpy.typing import NDArray

from seriesbox.lstm_ad.gaussian import Gaussian


class Surprise:
    """The surprise of the columns: how much lower the squared Mahalanobis distance would be without one of them.

    For the errors e of a row, minus their mean, and the precision P, it is g' B^-1 g for each column, with g the
    column's part of P e, and B its block of P. With one forecast, that is (P e)_i^2 / P_ii.
    """

    def __init__(self, gaussian: Gaussian, columns: int) -> None:
        whitening = np.linalg.inv(gaussian.cholesky)
        self.mean, self.precision, self.columns = gaussian.mean, whitening.T @ whitening, columns
        blocks = np.einsum("fdgd->dfg", self.precision.reshape(-1, columns, len(self.mean) // columns, columns))
        self.covariances = np.linalg.inv(blocks)  # (D, F, F), of a column if the others are known

    def __call__(self, errors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what leaving each column out would take away, (N, E) -> (N, D); none is negative."""
        weighted = ((errors - self.mean) @ self.precision).reshape(len(errors), -1, self.columns)  # (N, F, D)
        surprise: NDArray[np.float64] = np.einsum(
            "nfd,dfg,ngd->nd", weighted, self.covariances, weighted, optimize=True
        )
        return surprise.clip(0)


def shares(surprise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each column's share of its row, (N, D) -> (N, D), which sum to 1; equal ones if nothing is surprising.

    A column that is missing, NaN, has none.
    """
    scale = np.fmax.reduce(surprise, axis=1, keepdims=True)  # else a sum could overflow
    relative = np.divide(surprise, scale, where=scale > 0, out=np.where(np.isnan(surprise), np.nan, 1))
    return np.asarray(relative / np.nansum(relative, axis=1, keepdims=True))


def expected_errors(gaussian: Gaussian, threshold: float, columns: int, window: int) -> NDArray[np.float64]:
    """Return the error beyond which a column of the newest forecast is an anomaly whatever the others do, (D,).

    window: the number of rows whose scores are averaged.
    """
    deviations = np.linalg.norm(gaussian.cholesky[:columns], axis=1)
    radius = math.sqrt(max(0.0, 2 * window * (gaussian.log_peak - threshold)))
    return np.asarray(radius * deviations + np.abs(gaussian.mean[:columns]))
