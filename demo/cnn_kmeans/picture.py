"""A picture of the clusters with their medians."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from demo.cnn_kmeans.judge import match_clusters
from demo.cnn_kmeans.problem import Clustering
from demo.problem import Answer, Array, Series
from demo.style import BLUE, HALO, MUTED, ORANGE, PURPLE, WIDTH, finish, title

NAME = "clusters.png"
COLORS = {"normal": BLUE, "ischaemia": ORANGE, "infarction": ORANGE, "bundle branch block": PURPLE}  # by kind


def draw(problem: Clustering, answer: Answer, file: Path) -> None:
    """Draw a panel per cluster, the largest first. The color of a thin line is the kind of its series."""
    labels = answer["label"]
    clusters = match_clusters(problem.kinds, labels)
    members = [np.flatnonzero(labels == cluster) for cluster in range(len(clusters.kinds))]
    by_size = sorted(range(len(members)), key=lambda cluster: -len(members[cluster]))
    figure, panels = plt.subplots(1, len(members), figsize=(WIDTH, 3.7), sharex=True, sharey=True, squeeze=False)
    for panel, cluster in zip(panels[0], by_size, strict=True):
        kind, size = clusters.kinds[cluster], len(members[cluster])
        for member in members[cluster]:
            is_other = problem.kinds[member] != kind
            color, alpha = COLORS[problem.kinds[member]], 0.8 if is_other else 0.3
            panel.plot(problem.test[member], color=color, alpha=alpha, linewidth=0.8, zorder=3 if is_other else 2)
        if size:
            median = _median([problem.test[member] for member in members[cluster]])
            panel.plot(median, color=COLORS[kind], linewidth=2, zorder=4, path_effects=HALO)
        others = size - clusters.right[kind]
        note = f"{size} series" + (f", {others} of another kind" if others else "")
        title(panel, f"Cluster {cluster}: {kind}", [(note, MUTED)], COLORS[kind])
        panel.set_xlabel("time step")
    panels[0, 0].set_ylabel(problem.unit)
    finish(figure, f"CNN-KMeans on {problem.title}", file)


def _median(series: list[Series]) -> Array:
    """Return the median at every time step that at least half of the series have."""
    lengths = [len(each) for each in series]
    steps = np.full((len(series), max(lengths)), np.nan)
    for row, each in zip(steps, series, strict=True):
        row[: len(each)] = each
    median: Array = np.nanmedian(steps, axis=0)
    return median[: int(np.median(lengths))]
