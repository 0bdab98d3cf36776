"""Other ways to put series into clusters, beside which CNN-KMeans is measured."""

import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from benchmarks.data import Labelled
from seriesbox.cnn_kmeans.gaps import bridge_gaps

# tslearn's k-Shape predicts wrongly if it is given more series than it was fitted on.
MAX_PREDICTED = 50

Labels = NDArray[np.int64]
Rival = Callable[[Labelled, int, int], Labels]  # takes data, the number of clusters and a seed


def rivals() -> dict[str, Rival]:
    """Return those that are installed, by the names that figures have."""
    installed: dict[str, Rival] = {"kmeans": k_means}
    if find_spec("tslearn"):
        installed["kshape"] = k_shape
    return installed


def k_means(problem: Labelled, clusters: int, seed: int) -> Labels:
    """Return the labels of the test series, by K-Means on the z-scored series themselves."""
    train, test = _z_scored(problem)
    return KMeans(clusters, n_init=10, random_state=seed).fit(train).predict(test).astype(np.int64)


def k_shape(problem: Labelled, clusters: int, seed: int) -> Labels:
    """Return the labels of the test series, by tslearn's k-Shape on the z-scored series."""
    from tslearn.clustering import KShape

    train, test = (values[..., None] for values in _z_scored(problem))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = KShape(clusters, n_init=5, random_state=seed).fit(train)
        size = min(MAX_PREDICTED, len(train))
        parts = [shapes.predict(test[first : first + size]) for first in range(0, len(test), size)]
    return np.concatenate(parts).astype(np.int64)


def _z_scored(problem: Labelled) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return train and test series of one length, without gaps, each with mean 0 and standard deviation 1.

    Steps after the end of a series are filled with its mean.
    """
    scored = []
    for table in (problem.train, problem.test):
        values = table.values.copy()
        bridge_gaps(values)
        values = np.where(np.isnan(values), np.nanmean(values, axis=1, keepdims=True), values)
        deviation = values.std(axis=1, keepdims=True)
        scored.append((values - values.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1))
    return scored[0], scored[1]
