"""A picture of the series with its forecast and its scores."""

from pathlib import Path

import matplotlib.pyplot as plt

from demo.lstm_ad.judge import lowest_score
from demo.lstm_ad.problem import Detection
from demo.problem import Answer
from demo.style import INK, MUTED, ORANGE, RED, WIDTH, finish, title

NAME = "anomaly.png"


def draw(problem: Detection, answer: Answer, file: Path) -> None:
    """Draw the whole test series on the left and the rows around the anomaly on the right, with the scores below."""
    scores, forecast, series = answer["score"], answer["forecast_1"], problem.test[:, 0]
    lowest, anomaly = lowest_score(scores, problem.anomaly), problem.anomaly
    margin = max(2 * len(anomaly), 200)
    figure, panels = plt.subplots(2, 2, figsize=(WIDTH, 5.2), sharex="col", sharey="row", width_ratios=[1.15, 1])
    for (above, below), linewidth in zip(panels.T, (0.5, 1.2), strict=True):
        above.plot(series, color=INK, linewidth=linewidth)
        below.plot(scores, color=INK, linewidth=linewidth)
        below.plot(lowest.row, lowest.score, "o", color=RED, markersize=6)
        below.set_xlabel("row")
        for panel in (above, below):
            panel.axvspan(anomaly.start, anomaly.stop, color=RED, alpha=0.13, linewidth=0)
    (whole, near), (whole_scores, _) = panels
    near.plot(forecast, color=ORANGE, linewidth=1.2)
    near.set_xlim(anomaly.start - margin, anomaly.stop + margin)
    title(whole, "The whole test series", [("the anomaly is shaded", MUTED)])
    title(near, "Around the anomaly", [("measured", INK), ("forecast", ORANGE)])
    whole.set_ylabel(problem.unit)
    whole_scores.set_ylabel("normality score (log-density)")
    side = -1 if lowest.row > len(scores) / 2 else 1  # of the marker, on which its label has room
    whole_scores.annotate(
        f"lowest score, row {lowest.row}",
        (lowest.row, lowest.score),
        (8 * side, 0),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
        va="center",
        color=RED,
    )
    finish(figure, f"LSTM-AD on {problem.title}", file)
