"""What was found against what was planted."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from demo.problems import Array


class Clusters(NamedTuple):
    """Clusters matched with the kinds there are, as many one as the other."""

    kinds: list[str]  # of cluster 0, 1, ...
    right: dict[str, int]  # how many series of each kind lie in its cluster
    accuracy: float  # share of the series that lie in their kind's cluster
    rand_index: float  # adjusted for chance: 0 is chance, 1 is perfect


def match_clusters(kinds: Sequence[str], labels: Array) -> Clusters:
    """Match every cluster with one kind so that most series are right."""
    names = sorted(set(kinds))
    together = np.array(
        [[np.sum(labels[np.array(kinds) == name] == label) for name in names] for label in range(len(names))]
    )
    clusters, matches = linear_sum_assignment(together, maximize=True)
    right = {names[kind]: int(together[cluster, kind]) for cluster, kind in zip(clusters, matches, strict=True)}
    return Clusters(
        kinds=[names[kind] for kind in matches],
        right=right,
        accuracy=sum(right.values()) / len(kinds),
        rand_index=float(adjusted_rand_score(kinds, labels)),
    )


class Detected(NamedTuple):
    """The lowest score of a series, and the lowest one outside the anomaly."""

    row: int
    inside: bool
    score: float
    elsewhere: float


def lowest_score(score: Array, anomaly: range) -> Detected:
    """Where is the lowest score, and does it stand out?"""
    row = int(np.nanargmin(score))
    outside = np.delete(score, anomaly)
    return Detected(row, row in anomaly, float(score[row]), float(np.nanmin(outside)))
