"""The device that computes: the machine's GPU, or its CPU and the reason why its GPU cannot be used."""

import re
from importlib.util import find_spec
from typing import Literal, NamedTuple

GPU_INSTANCES = re.compile(r"ml\.(p|g|gr)\d|local_gpu")


class Device(NamedTuple):
    """The device that computes.

    name: `cpu`, or the GPU's.
    obstacle: why there is a GPU that cannot be used.
    """

    type: Literal["cpu", "cuda"]
    name: str = "cpu"
    obstacle: str | None = None


def find_device(has_gpu: bool, machine: str = "The machine") -> Device:
    """Return the device of a machine with or without a GPU. Imports torch only if there is one."""
    if not has_gpu or not find_spec("torch"):
        return Device("cpu")
    import torch  # takes a second and hundreds of megabytes

    if torch.cuda.is_available():
        return Device("cuda", torch.cuda.get_device_name())
    if torch.version.cuda is None:
        obstacle = (
            f"{machine} has a GPU, but this image is built for CPUs: build it with `--build-arg TORCH_BUILD=cu130`, or "
            "take an instance without a GPU, such as ml.m5.xlarge."
        )
    else:
        obstacle = (
            f"{machine} has a GPU, but torch cannot use it. The NVIDIA driver may be too old for CUDA "
            f"{torch.version.cuda}, which this image needs."
        )
    return Device("cpu", obstacle=obstacle)
