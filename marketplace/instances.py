"""The instances that the algorithms are offered on, and why.

All are x86, like the image. Those without a GPU have AVX-512, like the machine of the README's figures. They have up to
sixteen cores: for more, take several instances.

One image serves all instances, so it is built for GPUs; without one it computes on the CPU. Its CUDA 13 needs NVIDIA
driver 580 or newer, and Volta (`p3`) is too old for it. Most of a `p4` or newer would stand idle. For an endpoint the
buyer chooses the driver, by an AMI. Batch transform has no AMI with that driver: the buyer would pay for a GPU and
compute on the CPU, so no GPU is offered there.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """Instance families to choose for the same reason."""

    families: tuple[str, ...]
    gigabytes: int  # of memory, per virtual core
    reason: str
    gpu: str = ""


CPU_KINDS = (
    Kind(("m5", "m6i", "m7i"), 4, "Enough for most data and networks; begin with these."),
    Kind(("c5", "c6i", "c7i"), 2, "The most cores for the price: for long trainings on little data."),
    Kind(("r7i",), 8, "For much data: a training holds all of it in memory."),
)
GPU_KINDS = (
    Kind(("g4dn",), 4, "The cheapest GPU, for large networks and batches.", "T4, 16 GB"),
    Kind(("g5", "g6"), 4, "For networks and batches too large for a T4.", "A10G or L4, 24 GB"),
)
CORES = {"xlarge": 4, "2xlarge": 8, "4xlarge": 16}  # virtual cores by size
FOUR_GPUS = "12xlarge"


def _types(kinds: tuple[Kind, ...], *sizes: str) -> list[str]:
    return [f"ml.{family}.{size}" for kind in kinds for family in kind.families for size in sizes]


CPUS, GPUS = _types(CPU_KINDS, *CORES), _types(GPU_KINDS, *CORES)
TRAINING = [*CPUS, *GPUS, *_types(GPU_KINDS, FOUR_GPUS)]
TRANSFORM = CPUS
REAL_TIME = [*CPUS, *GPUS]

VALIDATION = "ml.m5.xlarge"
GPU_ENDPOINT = "ml.g5.xlarge"
# SageMaker's API reference: the only `InferenceAmiVersion` of a ProductionVariant with such a driver.
CUDA, DRIVER, INFERENCE_AMI = 13, 580, "al2023-ami-sagemaker-inference-gpu-4-1"
