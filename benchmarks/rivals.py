"""Other ways to put series into clusters, beside which CNN-KMeans is measured."""

import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from benchmarks.data import Labelled
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.tables.table import Table

# tslearn's k-Shape predicts wrongly if it is given more series than it was fitted on.
MAX_PREDICTED = 50

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Rival = Callable[[Labelled, int, int], Labels]  # takes data, the number of clusters and a seed


def rivals() -> dict[str, Rival]:
    """Return those that are installed, by the names that figures have."""
    installed: dict[str, Rival] = {"kmeans_z": partial(k_means, z_score), "kmeans_raw": partial(k_means, fill)}
    if find_spec("tslearn"):
        installed["kshape"] = k_shape
    return installed


def k_means(prepare: Callable[[Table], Array], problem: Labelled, clusters: int, seed: int) -> Labels:
    """Return the labels of the test series, by K-Means on the prepared series themselves."""
    train, test = prepare(problem.train), prepare(problem.test)
    return KMeans(clusters, n_init=10, random_state=seed).fit(train).predict(test).astype(np.int64)


def k_shape(problem: Labelled, clusters: int, seed: int) -> Labels:
    """Return the labels of the test series, by tslearn's k-Shape on the z-scored series."""
    from tslearn.clustering import KShape

    train, test = z_score(problem.train)[..., None], z_score(problem.test)[..., None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = KShape(clusters, n_init=5, random_state=seed).fit(train)
        size = min(MAX_PREDICTED, len(train))
        parts = [shapes.predict(test[first : first + size]) for first in range(0, len(test), size)]
    return np.concatenate(parts).astype(np.int64)


def fill(table: Table) -> Array:
    """Return series of one length, without gaps. Steps after the end of a series are filled with its mean."""
    values = table.values.copy()
    bridge_gaps(values)
    return np.where(np.isnan(values), np.nanmean(values, axis=1, keepdims=True), values)


def z_score(table: Table) -> Array:
    """Return series of one length, without gaps, each with mean 0 and standard deviation 1."""
    values = fill(table)
    deviation = values.std(axis=1, keepdims=True)
    return (values - values.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1)
