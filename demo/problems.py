"""What the demo asks: data to train on, data to judge by, and the answer, which no file that is trained on contains."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Series = Array  # (T,), NaN where a value is missing
Hyperparameters = dict[str, int | float | str]


@dataclass(frozen=True)
class Clustering:
    """Which of these series are alike?"""

    title: str
    unit: str
    train: list[Series]
    test: list[Series]
    kinds: list[str]  # what each test series is
    normal: str  # the kind that is no finding
    known: str  # how the answer is: "planted" or "labelled"
    hyperparameters: Hyperparameters


@dataclass(frozen=True)
class Detection:
    """Where in this series is something that was never there before?"""

    title: str
    unit: str
    train: Series  # normal throughout
    test: Series
    anomaly: range  # rows of `test`
    known: str  # how the answer is: "planted" or "labelled"
    hyperparameters: Hyperparameters
