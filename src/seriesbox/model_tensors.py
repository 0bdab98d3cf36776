"""The tensors of a model, checked against what its description makes of them."""

from pathlib import Path

import numpy as np

from seriesbox.errors import ArtifactError
from seriesbox.network.types import Shapes, Tensors

SCALE = "scaler.scale"  # of any algorithm that scales its data; values are divided by it


def check_tensors(tensors: Tensors, expected: Shapes, folder: Path) -> None:
    """Raise ArtifactError if a tensor is missing, unknown, or not what the description says."""
    if tensors.keys() != expected.keys():
        odd = ", ".join(sorted(tensors.keys() ^ expected.keys()))
        raise ArtifactError(f"The model in {folder} does not fit its description: {odd} is missing or unknown.")
    for name, (dtype, shape) in expected.items():
        tensor = tensors[name]
        if tensor.shape != shape or tensor.dtype != dtype:
            raise ArtifactError(
                f"The model in {folder} does not fit its description: {name} is {tensor.shape} {tensor.dtype}, "
                f"not {shape} {np.dtype(dtype)}."
            )
    check_numbers(tensors, folder)


def check_numbers(tensors: Tensors, folder: Path) -> None:
    """Raise ArtifactError if a number makes no sense."""
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise ArtifactError(f"The model for {folder} is damaged: {name} is not finite.")
        if name == SCALE and not (tensor > 0).all():
            raise ArtifactError(f"The model for {folder} is damaged: {name} is not positive.")
