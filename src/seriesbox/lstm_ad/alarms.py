"""The columns of an answer after the published ones: anomalies, events, each column's share and expected error.

Shapes: N rows, D columns.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seriesbox.lstm_ad.events import Events
from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.surprise import Surprise, expected_errors
from seriesbox.scaler import Scaler


class Alarms:
    """Turns the scores of one recording into alarms, chunk after chunk.

    surprise: what `Scores` needs for the shares.
    """

    def __init__(self, gaussian: Gaussian, scaler: Scaler, sizes: LSTMADHyperparameters, threshold: float) -> None:
        columns = len(scaler.shift)
        self.threshold = threshold
        self.events = Events(sizes.gap)
        self.surprise = Surprise(gaussian, columns)
        self.expected = scaler.scale * expected_errors(gaussian, threshold, columns, sizes.score_window)

    @staticmethod
    def names(columns: Sequence[str]) -> list[str]:
        """Return the names of the columns. columns: the names of the recording's."""
        return ["anomaly", "event", *(f"{each}_{name}" for each in ("share", "expected_error") for name in columns)]

    def __call__(self, scores: NDArray[np.float32], shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the columns of the next rows, (N,), (N, D) -> (N, 2 + 2 * D).

        Those that need a score are NaN if a row has none.
        """
        is_anomalous = scores.astype(np.float64) < self.threshold  # float32 would round the threshold
        of_score = np.column_stack([is_anomalous, self.events(is_anomalous), shares])
        of_score[np.isnan(scores)] = np.nan
        return np.hstack([of_score, np.tile(self.expected, (len(scores), 1))])
