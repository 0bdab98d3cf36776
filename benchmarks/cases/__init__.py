"""The models and the data that each algorithm is measured on, in a module of the algorithm's name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.algorithm import ALGORITHMS
from seriesbox.optimization import Optimization
from seriesbox.protocols import Estimator
from seriesbox.tables.table import Table

Array = NDArray[np.float64]
Shape = tuple[int, int]  # rows and columns of a table


class Prediction(NamedTuple):
    """A model, and the shape of a table that it predicts."""

    title: str
    model: Callable[[], Estimator]
    shape: Shape


class Size(NamedTuple):
    """A training of some size."""

    sizes: tuple[int, ...]  # the first two are the shape of the table
    hyperparameters: Optimization


class Job(NamedTuple):
    """A training job, on one file."""

    hyperparameters: dict[str, int | float | str]
    rows: Array


@dataclass(frozen=True)
class Cases:
    """The cases of one algorithm.

    time_axis: the axis of a table along which time passes.
    published: returns an untrained model of published sizes.
    request: the shape of a usual request to it.
    tiny, tiny_table: return a model that predicts this table at once.
    predictions: models of several sizes.
    size_names, sizes: trainings that show how cost grows, the smallest one first.
    large: the shape of training data that takes much memory.
    smallest: returns the shape of the smallest table that can be trained on.
    short: a job that takes a second or two.
    parallel: a job whose epochs take a few seconds.
    items: returns the number of items that an epoch of it has, by the number of rows.
    """

    time_axis: int
    published: Callable[[], Estimator]
    request: Shape
    tiny: Callable[[], Estimator]
    tiny_table: Table
    predictions: Sequence[Prediction]
    size_names: tuple[str, ...]
    sizes: Sequence[Size]
    large: Shape
    smallest: Callable[[Any], Shape]
    short: Job
    parallel: Job
    items: Callable[[int], int]


def names() -> list[str]:
    """Return the algorithms that have cases."""
    return [name for name in ALGORITHMS if Path(__file__).with_name(f"{_module(name)}.py").exists()]


def load(algorithm: str) -> Cases:
    """Return the cases of an algorithm."""
    cases: Cases = import_module(f"{__name__}.{_module(algorithm)}").CASES
    return cases


def random_walks(shape: Shape, axis: int) -> Array:
    """Return random walks along an axis."""
    return np.random.default_rng(0).normal(size=shape).cumsum(axis=axis)


def _module(algorithm: str) -> str:
    return algorithm.replace("-", "_")
