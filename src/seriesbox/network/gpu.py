"""Memory, threads and precision of a GPU.

Gradients may be computed in TF32, which rounds the inputs of products to 10 bits: they are noisy by nature. All else
is float32 proper, so that a model answers alike wherever it was trained and wherever it is served.
"""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

torch.backends.cudnn.allow_tf32 = False
# Sums in one order: a training that is resumed ends with the same bytes. Recurrent layers need the variable.
torch.backends.cudnn.deterministic = True
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:2")


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


def threads(device: torch.device) -> int:
    """Return the threads that a GPU runs at once, each for a number of a layer."""
    properties = torch.cuda.get_device_properties(device)
    return int(properties.multi_processor_count * properties.max_threads_per_multi_processor)


def advice(device: torch.device, numbers: int, batch_size: int) -> str | None:
    """Return `idle_sentence` about a GPU, and nothing about a CPU."""
    return idle_sentence(numbers, threads(device), batch_size) if device.type == "cuda" else None


def idle_sentence(numbers: int, room: int, batch_size: int) -> str | None:
    """Return a sentence if a step has far fewer numbers to compute at once than a GPU has room for.

    numbers: of the widest layer in a step of `batch_size` items; 0 if that is not known.
    """
    if not 0 < numbers < room // 2:
        return None
    return (
        f"The GPU is hardly used: a step computes {numbers:,} numbers at once, and there is room for {room:,}. If the "
        f"training may have fewer and larger steps, raise `batch-size`, to {batch_size * room // numbers:,} at most; "
        "else a CPU may be as fast."
    )
