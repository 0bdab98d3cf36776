"""Networks that torch computes, and the conversion of its tensors to arrays."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.network.gpu import free_memory

GPU_TIMES = 128  # as much fills a GPU as fills a core


class TorchNetwork:
    """A module in evaluation mode, or a method of one, called with arrays, and computed on the module's device.

    check: is called before each computation, and may raise an error.
    """

    def __init__(self, compute: Callable[..., Tensor], check: Callable[[], None] = lambda: None) -> None:
        self.compute, self.check = compute, check
        module = compute if isinstance(compute, nn.Module) else getattr(compute, "__self__")  # noqa: B009
        self.device = next(module.parameters()).device

    def at_once(self, cached: int, bytes_each: int) -> int:
        """Return the number of items that a core's cache holds or, of a GPU, far more that its memory holds."""
        if self.device.type != "cuda":
            return cached
        return max(1, min(GPU_TIMES * cached, free_memory(self.device) // 4 // bytes_each))

    @torch.inference_mode()
    def __call__(self, *inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Return the module's one output."""
        self.check()
        return as_array(self.compute(*map(self._on_device, inputs)))

    def _on_device(self, array: NDArray[Any]) -> Tensor:
        tensor = torch.from_numpy(array)
        # From pages that stay where they are, a GPU reads by itself.
        return tensor if self.device.type == "cpu" else tensor.pin_memory().to(self.device, non_blocking=True)


class Buffers(nn.Module):
    """Named tensors that a model has learnt without gradients, as a part of its state dict."""

    def __init__(self, **initial: Tensor) -> None:
        super().__init__()
        for name, value in initial.items():
            self.register_buffer(name, value)

    def set(self, **values: NDArray[np.floating]) -> None:
        """Copy arrays of the buffers' shapes into them."""
        for name, value in values.items():
            self.get_buffer(name).copy_(torch.from_numpy(value))


def as_array(tensor: Tensor) -> NDArray[Any]:
    """Return the tensor's values on the CPU."""
    return tensor.numpy(force=True)


def arrays(state: Mapping[str, Tensor]) -> dict[str, NDArray[Any]]:
    """Return the values of a state dict on the CPU."""
    return {name: as_array(tensor) for name, tensor in state.items()}
