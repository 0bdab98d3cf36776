"""LSTM-AD in Python: recordings in, scores, forecasts, alarms and events out.

Shapes: T time steps, D columns.
"""

import math
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.answers import NEEDS_TRAINING, Details
from seriesbox.errors import DataError
from seriesbox.estimators.arrays import are_several, numbers
from seriesbox.estimators.base import SeriesEstimator
from seriesbox.lstm_ad.onnx_export import exported

Each = Any
"""An array for a recording, or a list of them for a list of recordings."""


class Event(NamedTuple):
    """An event: anomalous rows with few others between them.

    start, stop: its first row, counted from 0, and the row after its last one.
    lowest: the row of the lowest score. score: that score.
    column: the column that has the largest share in how surprising that row is, by its name or its number from 0.
    """

    start: int
    stop: int
    lowest: int
    score: float
    column: str | int


class LSTMAD(SeriesEstimator, algorithm="lstm-ad"):
    """Detects anomalies in recordings by LSTM-AD: a stacked LSTM forecasts, and a Gaussian judges its errors.

    X is a recording, (T, D) or (T,), or a data frame with a row for each time step, whose index is ignored; or a list
    of several arrays. NaN is a missing value. Methods return an array for a recording, and a list for a list. `fit`
    takes normal data; labels in `test` are 1 for anomalous rows and 0 for others, and choose the threshold.

    Attributes: `threshold_`, `n_features_in_` and, of data frames, `feature_names_in_`; `history_` and `metrics_` of a
    fit.
    """

    _kind = "outlier_detector"

    @property
    def threshold_(self) -> float:
        """The score below which a row is an anomaly. Raises DataError if the model is older than thresholds."""
        threshold = float(self._fitted.artifact.tensors["threshold"])
        if math.isnan(threshold):
            raise DataError(NEEDS_TRAINING)
        return threshold

    @property
    def offset_(self) -> float:
        """The threshold, by scikit-learn's name: `decision_function` is `score_samples` less this."""
        return self.threshold_

    @property
    def n_features_in_(self) -> int:
        """The number of columns, D."""
        return self._fitted.artifact.columns

    def score_samples(self, X: Any) -> Each:  # noqa: N803
        """Return the log-density of every row's forecast errors, (T,): low is anomalous; NaN for the first rows."""
        return self._of_each(X, self._scores(X))

    def forecast(self, X: Any) -> Each:  # noqa: N803
        """Return the forecast of every row from those before it, in the shape of X; NaN for the first rows."""
        given = [numbers(each, "X").shape for each in (X if are_several(X) else [X])]
        answers = self._answers(X)
        return self._of_each(X, [answer[:, 1:].reshape(shape) for answer, shape in zip(answers, given, strict=True)])

    def decision_function(self, X: Any) -> Each:  # noqa: N803
        """Return how far the score of every row is above the threshold, (T,): anomalies are negative."""
        return self._of_each(X, [scores - self.threshold_ for scores in self._scores(X)])

    def predict(self, X: Any) -> Each:  # noqa: N803
        """Return -1 for anomalous rows and 1 for others, (T,), as scikit-learn's outlier detectors do.

        Rows without a score, such as the first ones, are 1.
        """
        return self._of_each(X, [np.where(scores < self.threshold_, -1, 1) for scores in self._scores(X)])

    def events(self, X: Any) -> Any:  # noqa: N803
        """Return the events of a recording in their order, or a list of them for each of several."""
        return self._of_each(X, [self._events(answer) for answer in self._answers(X, Details(self.threshold_))])

    def score(self, X: Any, y: Any = None) -> float:  # noqa: N803
        """Return the mean log-density of all rows that have a score: high is normal. y is ignored."""
        return float(np.nanmean(np.concatenate(self._scores(X))))

    def fit_predict(self, X: Any, y: Any = None, **fitting: Any) -> Each:  # noqa: N803
        """Fit to X, and return -1 for its anomalous rows and 1 for others, (T,)."""
        return self.fit(X, y, **fitting).predict(X)

    def export(self, file: str | PathLike[str]) -> None:
        """Write the model as one ONNX file, which any runtime of ONNX runs without seriesbox.

        `rows`, float64 (B, `context_length` + `prediction_length`, D) in input units and without gaps -> `forecast` and
        `score` of the last `prediction_length` ones, (B, P, D) and (B, P). For a forecast alone, let these be NaN. With
        a `forecast_stride` there is no `score`, and `score_window` does not average it. The metadata have `threshold`.
        """
        model: Any = self._fitted.artifact
        Path(file).write_bytes(exported(model.hyperparameters, model.tensors))

    def _scores(self, x: Any) -> list[NDArray[np.float64]]:
        return [answer[:, 0].astype(np.float64) for answer in self._answers(x)]

    def _events(self, answer: NDArray[np.float32]) -> list[Event]:
        """Return the events of one recording by its verbose answer."""
        columns, names = self.n_features_in_, self._fitted.artifact.column_names
        scores, numbers, shares = answer[:, 0], answer[:, 2 + columns], answer[:, 3 + columns : 3 + 2 * columns]
        found = []
        for number in range(1, int(np.nanmax(numbers, initial=0)) + 1):
            rows = np.flatnonzero(numbers == number)
            lowest = int(rows[scores[rows].argmin()])
            blamed = int(np.nanargmax(shares[lowest]))
            named = names[blamed] if names else blamed
            found.append(Event(int(rows[0]), int(rows[-1]) + 1, lowest, float(scores[lowest]), named))
        return found

    @staticmethod
    def _of_each(x: Any, results: list[Any]) -> Any:
        return results if are_several(x) else results[0]
