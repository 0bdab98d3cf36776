"""The lowest score against the anomaly."""

from typing import NamedTuple

import numpy as np

from demo.lstm_ad.problem import Detection
from demo.problem import Answer, Array


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


def report(problem: Detection, answer: Answer) -> list[str]:
    """Return where the anomaly and the lowest score are, and what the alarms are worth."""
    lowest = lowest_score(answer["score"], problem.anomaly)
    place = "inside" if lowest.inside else "NOT inside"
    lines = [
        f"{problem.known} an anomaly at rows {problem.anomaly.start} to {problem.anomaly.stop - 1}",
        f"the lowest score, {lowest.score:.0f}, is at row {lowest.row}, {place}; outside no score is below "
        f"{lowest.outside:.0f}",
        alarms(answer["anomaly"], answer["event"], problem.anomaly),
    ]
    if len(problem.columns) > 1:
        shares = [answer[f"share_{number}"][lowest.row] for number in range(1, len(problem.columns) + 1)]
        largest = int(np.argmax(shares))
        lines.append(f"{shares[largest]:.0%} of the surprise in that row is that of {problem.columns[largest]}")
    return lines


def alarms(is_anomaly: Array, event: Array, anomaly: range) -> str:
    """Return precision and recall of the rows, and how many events there are and lie in the anomaly."""
    alarms, inside = is_anomaly == 1, np.isin(np.arange(len(is_anomaly)), anomaly)
    right, events = (alarms & inside).sum(), len(np.unique(event[alarms]))
    found = len(np.unique(event[alarms & inside]))
    precision, recall = right / max(1, alarms.sum()), right / len(anomaly)
    return (
        f"{alarms.sum()} rows are alarms: precision {precision:.2f}, recall {recall:.2f}; {found} of {events} events "
        "in the anomaly"
    )
