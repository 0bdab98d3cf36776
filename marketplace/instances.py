"""The machines that the listings are offered on, and why.

All are x86, which the image is for; those without a GPU have AVX-512, as the machine of the README's figures has. They
go up to sixteen cores: whoever wants more takes several of them.

One image is for all machines, so the one that is listed is built for GPUs; where there is none, it computes on the CPU.
It has CUDA 13, which needs a driver of 580 or newer, and which Volta (`p3`) is too old for. Most of a `p4` or newer
would stand idle. On an endpoint the buyer chooses the driver, by an AMI. Batch transform has no AMI with that driver:
the buyer would pay for a GPU and compute on the CPU, so no GPU is offered there.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """Families of machines that one would take for the same reason. gigabytes: of memory, for each virtual core."""

    families: tuple[str, ...]
    gigabytes: int
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
CORES = {"xlarge": 4, "2xlarge": 8, "4xlarge": 16}  # virtual ones, by size
FOUR_GPUS = "12xlarge"


def _machines(kinds: tuple[Kind, ...], *sizes: str) -> list[str]:
    return [f"ml.{family}.{size}" for kind in kinds for family in kind.families for size in sizes]


CPUS, GPUS = _machines(CPU_KINDS, *CORES), _machines(GPU_KINDS, *CORES)
TRAINING = [*CPUS, *GPUS, *_machines(GPU_KINDS, FOUR_GPUS)]
TRANSFORM = CPUS
REAL_TIME = [*CPUS, *GPUS]

VALIDATION = "ml.m5.xlarge"
GPU_ENDPOINT = "ml.g5.xlarge"
# The only one of ProductionVariant's `InferenceAmiVersion` with such a driver, in SageMaker's API reference.
CUDA, DRIVER, INFERENCE_AMI = 13, 580, "al2023-ami-sagemaker-inference-gpu-4-1"
