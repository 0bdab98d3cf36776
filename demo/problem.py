"""The problem that the demo gives an algorithm: training data, test data, and the right answer.

The demo of an algorithm is a package beside this file, of the algorithm's name. Its modules are

- `synthetic`, whose `generate(seed)` returns a Problem of generated data;
- `archive`, whose `find(options)` returns a Problem of published data or, if it is not there, None. `FILES` says which
    files it needs, and `add_options(parser)` adds the options that choose among them;
- `judge`, whose `report(problem, answer)` returns lines that compare an answer with the right one.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Series = Array  # (T,), NaN if a value is missing
Answer = Mapping[str, Array]  # column by name, (N,)
Hyperparameters = dict[str, int | float | str]


@dataclass(frozen=True)
class Problem(ABC):
    """Rows to train on and rows to judge by. A subclass adds the right answer, which `train` does not get.

    known: how the answer is known, "planted" or "labelled".
    """

    title: str
    train: Collection[Series]
    test: Collection[Series]
    known: str
    hyperparameters: Hyperparameters

    @property
    @abstractmethod
    def heading(self) -> str:
        """Return what is asked of which data, in one line."""
