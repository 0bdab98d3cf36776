"""The lowest score against the anomaly."""

from typing import NamedTuple

import numpy as np

from demo.lstm_ad.problem import Detection
from demo.problem import Array


class Lowest(NamedTuple):
    """The lowest score of a series, and the lowest one outside the anomaly."""

    row: int
    inside: bool
    score: float
    outside: float


def lowest_score(scores: Array, anomaly: range) -> Lowest:
    """Return the lowest score. The first rows have none."""
    row = int(np.nanargmin(scores))
    outside = np.delete(scores, anomaly)
    return Lowest(row, row in anomaly, float(scores[row]), float(np.nanmin(outside)))


def report(problem: Detection, answer: Array) -> list[str]:
    """Return where the anomaly and the lowest score are."""
    lowest = lowest_score(answer[:, 0], problem.anomaly)
    return [
        f"{problem.known} an anomaly at rows {problem.anomaly.start} to {problem.anomaly.stop - 1}",
        f"the lowest score, {lowest.score:.0f}, is at row {lowest.row}, {'inside' if lowest.inside else 'NOT inside'}; "
        f"outside no score is below {lowest.outside:.0f}",
    ]
