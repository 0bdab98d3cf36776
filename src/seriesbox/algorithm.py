"""The registry of algorithms, and what is done with any of them."""

import importlib
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.answers import Details
from seriesbox.errors import HyperparameterError
from seriesbox.protocols import Estimator, Predictor
from seriesbox.tables.table import Table

ALGORITHMS = {  # package, and estimator class
    "cnn-kmeans": ("seriesbox.cnn_kmeans", "CNNKMeans"),
    "lstm-ad": ("seriesbox.lstm_ad", "LSTMAD"),
}


def predictor_class(name: str) -> type[Predictor]:
    """Return the predictor class of the algorithm called `name`. Raises HyperparameterError."""
    return _load(name, "predictor", "Predictor")


def estimator_class(name: str) -> type[Estimator]:
    """Return the estimator class of the algorithm called `name`; imports torch. Raises HyperparameterError."""
    return _load(name, "estimator", "")


def name_of(estimator: Estimator) -> str:
    """Return the name of an estimator's algorithm."""
    (name,) = (name for name, (_, kind) in ALGORITHMS.items() if kind == type(estimator).__name__)
    return name


def predict(predictor: Predictor, table: Table, details: Details | None = None) -> NDArray[np.float32]:
    """Return the whole answer to a table, (N, D) -> (N, outputs). Raises DataError if it cannot be predicted."""
    predictor.check(table)
    return np.concatenate(list(predictor.predict(table, details)))


def infer_algorithm(names: Collection[str]) -> str:
    """Return the name of the algorithm that has most of these hyperparameters. Raises HyperparameterError on a tie."""
    given = {name.replace("_", "-") for name in names}
    known = {name: len(given & set(predictor_class(name).Hyperparameters.names())) for name in ALGORITHMS}
    best = max(known.values())
    candidates = [name for name, count in known.items() if count == best]
    if len(candidates) > 1:
        raise HyperparameterError(
            f"The hyperparameters do not tell which algorithm is meant: set `model` to {' or '.join(candidates)}."
        )
    return candidates[0]


def _load(name: str, module: str, suffix: str) -> Any:
    if name not in ALGORITHMS:
        raise HyperparameterError(f"`model` must be one of {', '.join(ALGORITHMS)}, not {name!r}.")
    package, prefix = ALGORITHMS[name]
    return getattr(importlib.import_module(f"{package}.{module}"), prefix + suffix)
