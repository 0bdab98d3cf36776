"""The scores of a recording, from the forecasts of one chunk of rows after the other.

Malhotra et al. 2015 (see `gaussian.py`), section 2.2: a step is forecast several times, from contexts that end some
rows apart, and the density is one over all its errors. If contexts are as far apart as rows are forecast at once, every
step is forecast once, as by the published product.

Shapes: N rows, D columns, B contexts, P predicted steps, S rows from a context to the next, E = P / S * D errors.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.marginal import log_density, surprises
from seriesbox.lstm_ad.surprise import Surprise, shares


class Scores:
    """Scores chunk after chunk of one recording. It keeps what the next chunk needs.

    surprise: adds each column's share.
    """

    def __init__(
        self, gaussian: Gaussian, sizes: LSTMADHyperparameters, columns: int, surprise: Surprise | None = None
    ) -> None:
        self.surprise = surprise
        self.gaussian, self.stride, self.forecasts = gaussian, sizes.stride, sizes.forecasts
        # Before the first context there is no forecast. A step without all its forecasts has no score.
        self.earlier = np.full((self.forecasts - 1, sizes.prediction_length, columns), np.nan, np.float32)
        self.mean = TrailingMean(sizes.score_window)

    def __call__(self, forecasts: NDArray[np.float32], actual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores of the (N, D) rows after the first of B contexts, from (B, P, D) forecasts.

        They are (N, 1), or (N, 1 + D) with shares. A missing cell, NaN, has no share, and a row of them has no score.
        """
        contexts = len(forecasts)
        known = np.concatenate([self.earlier, forecasts])
        by_age = [
            known[self.forecasts - 1 - age :][:contexts, age * self.stride : (age + 1) * self.stride]
            for age in range(self.forecasts)
        ]  # (B, S, D) each, the newest forecast first
        self.earlier = known[contexts:]
        of_rows = np.concatenate(by_age, axis=2).reshape(-1, self.forecasts * actual.shape[1])[: len(actual)]  # (N, E)
        errors = np.tile(actual, self.forecasts) - of_rows
        columns = actual.shape[1]
        scores = log_density(self.gaussian, errors, columns)[:, None]
        if not self.surprise:
            return self.mean(scores)
        means = self.mean(np.hstack([scores, surprises(self.gaussian, self.surprise, errors, columns)]))
        return np.hstack([means[:, :1], shares(means[:, 1:])])


class TrailingMean:
    """Averages the values of a row and those of the rows before it, as many as there are up to `rows` in all."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.before: NDArray[np.float64] | None = None

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean at every row, (N, K) -> (N, K); NaN if the row has no value."""
        if self.rows == 1 or not len(values):
            return values
        if self.before is None:
            self.before = np.full((self.rows - 1, values.shape[1]), np.nan)
        both = np.concatenate([self.before, values])
        self.before = both[len(values) :]
        counts, sums = (
            sliding_window_view(each, self.rows, axis=0).sum(axis=-1) for each in (~np.isnan(both), np.nan_to_num(both))
        )
        return np.where(np.isnan(values), np.nan, sums / np.maximum(counts, 1))
