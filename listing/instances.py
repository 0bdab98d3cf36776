"""The machines that the listings are offered on.

CPUs: x86, which the image is for, with AVX-512, as the README's figures were measured. `m` is what the published
products' examples run on, `c` has more cores for the price, which is what training wants, and `r` the memory for data
that fits nowhere else: it is held at once. Up to sixteen cores: whoever wants more takes several machines.

GPUs: NVIDIA's smaller ones, one to a machine, or four to train with. CUDA 13 has left Volta (`p3`) behind, and most of
a `p4` or newer one would stand idle. One image is for all machines, so it is the GPU build that is listed; where there
is no GPU, or its driver is too old to serve with, the same image computes on the CPU.
"""

SIZES = ("xlarge", "2xlarge", "4xlarge")
CPUS = [f"ml.{family}.{size}" for family in ("m5", "m6i", "m7i", "c5", "c6i", "c7i", "r7i") for size in SIZES]
GPU_FAMILIES = ("g4dn", "g5", "g6")
GPUS = [f"ml.{family}.{size}" for family in GPU_FAMILIES for size in SIZES]
SEVERAL_GPUS = [f"ml.{family}.12xlarge" for family in GPU_FAMILIES]

TRAINING = [*CPUS, *GPUS, *SEVERAL_GPUS]
INFERENCE = [*CPUS, *GPUS]
VALIDATION = "ml.m5.xlarge"
