"""The types of a neural network, whichever library computes it."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tensors = Mapping[str, NDArray[Any]]
"""Everything that a model has learnt, by name."""

Shapes = dict[str, tuple[type[np.floating], tuple[int, ...]]]
"""The type and the shape of every tensor, by name."""


class Network(Protocol):
    """A neural network as a function of arrays, which returns one array."""

    def __call__(self, *inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Return the network's output."""
        ...

    def at_once(self, cached: int, bytes_each: int) -> int:
        """Return how many items are computed at once in the least time.

        cached: as many as a core's cache holds. bytes_each: the memory that the network takes for each.
        """
        ...
