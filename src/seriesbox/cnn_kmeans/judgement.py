"""How well clusters agree with the classes of labelled series.

Shapes: N series.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

MAX_CLASSES = 50  # that clusters are matched with: more are hardly classes


def agreement(
    classes: NDArray[np.float64], clusters: NDArray[np.float32], warn: Callable[[str], None]
) -> dict[str, float]:
    """Return the metrics of N series' clusters, as far as the classes define them.

    warn: gets a sentence about a metric that is left out.
    """
    known = len(np.unique(classes))
    if known in (1, len(classes)):
        have = "the same label" if known == 1 else "a label of their own"
        warn(f"All labelled series have {have}: there are no classes to compare the clusters with.")
        return {}
    _, numbers = np.unique(classes, return_inverse=True)  # scikit-learn warns of labels that are no whole numbers
    metrics = {
        "test_ari": float(adjusted_rand_score(numbers, clusters)),
        "test_nmi": float(normalized_mutual_info_score(numbers, clusters)),
    }
    if known > MAX_CLASSES:
        warn(
            f"`test_accuracy` is left out: the series have {known} different labels, and "
            f"clusters are matched with {MAX_CLASSES} classes at most."
        )
        return metrics
    counts = contingency_matrix(numbers, clusters)
    matched = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return metrics | {"test_accuracy": float(matched / len(classes))}
