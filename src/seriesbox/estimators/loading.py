"""The estimators by the names of their algorithms, and those of models on disk."""

import importlib
from os import PathLike
from pathlib import Path
from typing import Any

from seriesbox.algorithm import ALGORITHMS
from seriesbox.artifact import load as load_artifact
from seriesbox.estimators.model import Model


def names() -> list[str]:
    """Return what `import seriesbox` offers."""
    return [*(kind for _, kind in ALGORITHMS.values()), load.__name__]


def class_called(name: str) -> Any:
    """Return an estimator's class, which is called as the algorithm's own. Raises AttributeError."""
    for package, kind in ALGORITHMS.values():
        if kind == name:
            return getattr(importlib.import_module(f"{package}.public"), name)
    raise AttributeError(f"seriesbox has no {name}: it has {', '.join(names())}.")


def load(folder: str | PathLike[str]) -> Any:
    """Return the fitted estimator of a model that `save`, a training job or the command line has written.

    Raises ArtifactError that says what is wrong with the folder.
    """
    artifact = load_artifact(Path(folder))
    _, name = ALGORITHMS[artifact.algorithm]
    return class_called(name).of(Model(artifact))
