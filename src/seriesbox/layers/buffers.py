"""What a model has learnt without gradients, as part of its state dict."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class Buffers(nn.Module):
    """Named tensors, and what they are until they are set."""

    def __init__(self, **initial: Tensor) -> None:
        super().__init__()
        for name, value in initial.items():
            self.register_buffer(name, value)

    def set(self, **values: NDArray[np.floating]) -> None:
        """Adopt arrays of the buffers' shapes."""
        for name, value in values.items():
            self.get_buffer(name).copy_(torch.from_numpy(value))
