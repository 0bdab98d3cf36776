"""Between torch's modules and arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


class TorchNetwork:
    """A module in evaluation mode as a network: called with arrays, computed where it is."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    @torch.inference_mode()
    def __call__(self, *inputs: NDArray[Any]) -> NDArray[np.float32]:
        """The module's one output."""
        device = next(self.module.parameters()).device
        output: torch.Tensor = self.module(*(torch.from_numpy(each).to(device) for each in inputs))
        return output.numpy(force=True)


def arrays(state: Mapping[str, torch.Tensor]) -> dict[str, NDArray[Any]]:
    """A state dict on the CPU."""
    return {name: tensor.numpy(force=True) for name, tensor in state.items()}
