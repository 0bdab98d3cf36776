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


class Scores:
    """Scores chunk after chunk of one recording. It keeps what the next chunk needs."""

    def __init__(self, gaussian: Gaussian, sizes: LSTMADHyperparameters, columns: int) -> None:
        self.gaussian, self.stride, self.forecasts = gaussian, sizes.stride, sizes.forecasts
        # Before the first context there is no forecast. A step without all its forecasts has no score.
        self.earlier = np.full((self.forecasts - 1, sizes.prediction_length, columns), np.nan, np.float32)
        self.mean = TrailingMean(sizes.score_window)

    def __call__(self, forecasts: NDArray[np.float32], actual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores, (N,), of the (N, D) rows after the first of B contexts, from (B, P, D) forecasts."""
        contexts = len(forecasts)
        known = np.concatenate([self.earlier, forecasts])
        by_age = [
            known[self.forecasts - 1 - age :][:contexts, age * self.stride : (age + 1) * self.stride]
            for age in range(self.forecasts)
        ]  # (B, S, D) each, the newest forecast first
        self.earlier = known[contexts:]
        of_rows = np.concatenate(by_age, axis=2).reshape(-1, self.forecasts * actual.shape[1])[: len(actual)]  # (N, E)
        return self.mean(self.gaussian.log_density(np.tile(actual, self.forecasts) - of_rows))


class TrailingMean:
    """Averages the score of a row and those of the rows before it, as many as there are up to `rows` in all."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.before = np.full(rows - 1, np.nan)

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean at every row, (N,) -> (N,); NaN if the row has no score."""
        both = np.concatenate([self.before, scores])
        self.before = both[len(scores) :]
        counts = sliding_window_view(~np.isnan(both), self.rows).sum(axis=1)
        sums = sliding_window_view(np.nan_to_num(both), self.rows).sum(axis=1)
        return np.where(np.isnan(scores), np.nan, sums / np.maximum(counts, 1))
