"""The types of a neural network, whichever library computes it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Network = Callable[..., NDArray[np.float32]]
"""Arrays in, one array out."""

Tensors = Mapping[str, NDArray[Any]]
"""Everything that a model has learnt, by name."""

Shapes = dict[str, tuple[type[np.floating], tuple[int, ...]]]
"""The type and the shape of every tensor, by name."""
