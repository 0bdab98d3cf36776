"""What computes the networks of a server: the machine's GPU, or its CPU."""


def device(gpu: bool) -> tuple[str, str | None]:
    """Its name: that of the GPU, or `cpu`. And, where there is a `gpu` that cannot be used, why: it is paid for."""
    if not gpu:
        return "cpu", None
    import torch  # takes a second and hundreds of megabytes, so only where there may be a GPU

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(), None
    if torch.version.cuda is None:
        return "cpu", (
            "The machine has a GPU, but this image is built for CPUs, so the CPU computes: build the image with "
            "`--build-arg TORCH_BUILD=cu130`, or take an instance without a GPU."
        )
    return "cpu", (
        "The machine has a GPU, but torch cannot use it, so the CPU computes. The NVIDIA driver may be too old for "
        f"CUDA {torch.version.cuda}, which this image needs: give an endpoint's production variant an "
        "`InferenceAmiVersion` with a newer driver; for a batch job take an instance without a GPU."
    )
