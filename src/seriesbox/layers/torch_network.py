"""Between torch's modules and arrays."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


class TorchNetwork:
    """A module in evaluation mode, or a method of one, as a network: called with arrays, computed where it is."""

    def __init__(self, compute: Callable[..., torch.Tensor]) -> None:
        self.compute = compute
        self.module = compute if isinstance(compute, nn.Module) else getattr(compute, "__self__")  # noqa: B009

    @torch.inference_mode()
    def __call__(self, *inputs: NDArray[Any]) -> NDArray[np.float32]:
        """The module's one output."""
        device = next(self.module.parameters()).device
        output = self.compute(*(torch.from_numpy(each).to(device) for each in inputs))
        return as_array(output)


def as_array(tensor: torch.Tensor) -> NDArray[Any]:
    """On the CPU."""
    return tensor.numpy(force=True)


def arrays(state: Mapping[str, torch.Tensor]) -> dict[str, NDArray[Any]]:
    """A state dict on the CPU."""
    return {name: as_array(tensor) for name, tensor in state.items()}
