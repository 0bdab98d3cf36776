"""What a GPU has to give: its free memory, and its precision.

Gradients may be computed in TF32, which rounds the inputs of products to 10 bits: they are noisy by nature. All else
is float32 proper, so that a model answers alike wherever it was trained and wherever it is served.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import torch

torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.deterministic = True  # sums in one order: a training that is resumed ends with the same bytes


@contextmanager
def tf32() -> Iterator[None]:
    """Let convolutions and recurrent layers round to TF32 meanwhile."""
    torch.backends.cudnn.allow_tf32 = True
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = False


@functools.cache
def free_memory(device: torch.device) -> int:
    """Return the bytes of a GPU that were free when they were first asked for: from then on, some are our own."""
    return torch.cuda.mem_get_info(device)[0]
