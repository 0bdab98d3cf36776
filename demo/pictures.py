"""Two pictures: the clusters with their medians, and the trace with its forecast and its score."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from demo.judge import Clusters, Detected
from demo.problems import Array, Clustering, Detection, Series

INK, MUTED, FORECAST, ALARM = "#22303c", "#7d8a96", "#e2722e", "#cf2f45"
KINDS = {"normal": "#1f7a99", "ischaemia": "#e2722e", "infarction": "#e2722e", "bundle branch block": "#7b56a8"}
WIDTH, DPI = 10, 120  # inches and dots per inch: 1200 dots

plt.rcParams |= {
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": "#c9d0d6",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "lines.solid_capstyle": "round",
}
HALO = [withStroke(linewidth=3.2, foreground="white")]


def draw_clusters(problem: Clustering, labels: Array, found: Clusters, path: Path) -> None:
    """A panel per cluster, the largest first. A thin line's colour is what a series is, its panel where it was put."""
    figure, panels = plt.subplots(1, len(found.kinds), figsize=(WIDTH, 3.7), sharex=True, sharey=True, squeeze=False)
    members = [np.flatnonzero(labels == cluster) for cluster in range(len(found.kinds))]
    for panel, cluster in zip(panels[0], sorted(range(len(members)), key=lambda one: -len(members[one])), strict=True):
        kind = found.kinds[cluster]
        for member in members[cluster]:
            stranger = problem.kinds[member] != kind
            color, alpha = KINDS[problem.kinds[member]], 0.8 if stranger else 0.3
            panel.plot(problem.test[member], color=color, alpha=alpha, linewidth=0.8, zorder=3 if stranger else 2)
        if len(members[cluster]):
            median = _median([problem.test[member] for member in members[cluster]])
            panel.plot(median, color=KINDS[kind], linewidth=2, zorder=4, path_effects=HALO)
        strangers = len(members[cluster]) - found.right[kind]
        note = f"{len(members[cluster])} series" + (f", {strangers} of another kind" if strangers else "")
        _title(panel, f"Cluster {cluster}: {kind}", [(note, MUTED)], KINDS[kind])
        panel.set_xlabel("time step")
    panels[0, 0].set_ylabel(problem.unit)
    _finish(figure, f"CNN-KMeans on {problem.title}", path)


def draw_anomaly(problem: Detection, score: Array, forecast: Array, found: Detected, path: Path) -> None:
    """The whole test series on the left, the anomaly's surroundings on the right; the score below."""
    anomaly = problem.anomaly
    margin = max(2 * len(anomaly), 200)
    figure, panels = plt.subplots(2, 2, figsize=(WIDTH, 5.2), sharex="col", sharey="row", width_ratios=[1.15, 1])
    for (trace, below), thickness in zip(panels.T, (0.5, 1.2), strict=True):
        trace.plot(problem.test, color=INK, linewidth=thickness)
        below.plot(score, color=INK, linewidth=thickness)
        below.plot(found.row, found.score, "o", color=ALARM, markersize=6)
        below.set_xlabel("row")
        for panel in (trace, below):
            panel.axvspan(anomaly.start, anomaly.stop, color=ALARM, alpha=0.13, linewidth=0)
    (whole, near), (whole_score, _) = panels
    near.plot(forecast, color=FORECAST, linewidth=1.2)
    near.set_xlim(anomaly.start - margin, anomaly.stop + margin)
    _title(whole, "The whole test series", [("the anomaly is shaded", MUTED)])
    _title(near, "Around the anomaly", [("measured", INK), ("forecast", FORECAST)])
    whole.set_ylabel(problem.unit)
    whole_score.set_ylabel("normality score (log-density)")
    side = -1 if found.row > len(score) / 2 else 1  # of the marker, where its label has room
    whole_score.annotate(
        f"lowest score, row {found.row}",
        (found.row, found.score),
        (8 * side, 0),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
        va="center",
        color=ALARM,
    )
    _finish(figure, f"LSTM-AD on {problem.title}", path)


def _median(series: list[Series]) -> Array:
    """The median of every time step that at least half of the series have."""
    steps = np.full((len(series), max(map(len, series))), np.nan)
    for row, one in zip(steps, series, strict=True):
        row[: len(one)] = one
    median: Array = np.nanmedian(steps, axis=0)
    return median[: int(np.median([len(one) for one in series]))]


def _title(panel: Axes, title: str, notes: list[tuple[str, str]], color: str = INK) -> None:
    """A bold line, and below it words in their colours."""
    panel.set_title(title, loc="left", color=color, weight="bold", fontsize=10, pad=17)
    for place, (note, note_color) in enumerate(notes):
        panel.text(place * 0.19, 1.035, note, transform=panel.transAxes, color=note_color)


def _finish(figure: Figure, title: str, path: Path) -> None:
    figure.suptitle(title, x=0.012, ha="left", weight="bold", fontsize=12)
    figure.tight_layout(w_pad=2)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
