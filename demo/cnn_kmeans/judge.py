"""Clusters against kinds."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from demo.cnn_kmeans.problem import Clustering
from demo.problem import Answer, Array


class Clusters(NamedTuple):
    """Clusters, each matched with one kind. There are as many clusters as kinds."""

    kinds: list[str]  # of cluster 0, 1, ...
    right: dict[str, int]  # the number of series of each kind that lie in its cluster
    accuracy: float  # the share of the series that lie in the cluster of their kind
    rand_index: float  # adjusted for chance: 0 is chance, 1 is perfect


def match_clusters(kinds: Sequence[str], labels: Array) -> Clusters:
    """Match every cluster with one kind so that most series are right."""
    names = sorted(set(kinds))
    contingency = np.array(
        [[np.sum(labels[np.array(kinds) == name] == label) for name in names] for label in range(len(names))]
    )
    clusters, matches = linear_sum_assignment(contingency, maximize=True)
    right = {names[kind]: int(contingency[cluster, kind]) for cluster, kind in zip(clusters, matches, strict=True)}
    return Clusters(
        kinds=[names[kind] for kind in matches],
        right=right,
        accuracy=sum(right.values()) / len(kinds),
        rand_index=float(adjusted_rand_score(kinds, labels)),
    )


def report(problem: Clustering, answer: Answer) -> list[str]:
    """Return how many beats of each kind lie in its cluster, and the scores."""
    clusters = match_clusters(problem.kinds, answer["label"])
    counts = Counter(problem.kinds)
    normal = counts.pop(problem.normal)
    right = [f"{clusters.right[kind]} of {count} with {kind}" for kind, count in counts.items()]
    return [
        f"{problem.known} {counts.total()} abnormal beats among {len(problem.test)}; "
        f"found {', '.join(right)}, {clusters.right[problem.normal]} of {normal} normal ones",
        f"accuracy {clusters.accuracy:.2f}, adjusted Rand index {clusters.rand_index:.2f}",
    ]
