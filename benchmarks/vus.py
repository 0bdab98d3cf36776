"""The volume under the surface of precision and recall (VUS-PR), a measure of scores that needs no threshold.

Paparrizos et al., "Volume Under the Surface", VLDB 2022: an anomaly's label rises and falls over a border of some rows,
so that a score near it counts for something, and the area under precision and recall is averaged over all borders up to
a length.

Shapes: N rows, T thresholds.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
THRESHOLDS = 250


def vus_pr(labels: NDArray[np.bool_], scores: Array, length: int) -> float:
    """Return the mean area for borders of 0 to `length` rows, from (N,) labels and scores; high is anomalous."""
    return float(np.mean([_area(labels, scores, border) for border in range(length + 1)]))


def _area(labels: NDArray[np.bool_], scores: Array, border: int) -> float:
    soft = _soften(labels, border)
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    thresholds = falling[np.linspace(0, len(scores) - 1, THRESHOLDS).astype(int)]  # (T,)
    predicted = np.searchsorted(-falling, -thresholds, side="right")  # the rows at or above each threshold
    hits = soft[order].cumsum()[predicted - 1]
    highest = np.array([scores[first:stop].max() for first, stop in _runs(soft > 0)])
    found = (highest >= thresholds[:, None]).mean(axis=1)  # the share of the anomalies
    recall = np.minimum(hits / ((labels.sum() + soft.sum()) / 2), 1) * found
    return float(np.sum(np.diff(recall, prepend=0) * hits / predicted))


def _soften(labels: NDArray[np.bool_], border: int) -> Array:
    """Return labels that rise before an anomaly and fall after it, over half a border each."""
    soft = labels.astype(np.float64)
    for first, stop in _runs(labels):
        for distance in range(1, border // 2 + 1):
            for row in (first - distance, stop - 1 + distance):
                if 0 <= row < len(soft):
                    soft[row] = min(1, soft[row] + np.sqrt(1 - distance / border))
    return soft


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first row of every run of marked rows, and the row after it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(int)))
    return list(pairwise(edges.tolist()))[::2]
