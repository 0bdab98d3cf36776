"""A model on disk: `model.safetensors`, every number it has learnt, and `model.json`, everything else.

Nothing that is loaded can execute: no pickle is ever written or read.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save_file

from seriesbox.algorithm import ALGORITHMS, Algorithm, resolve
from seriesbox.errors import ArtifactError, HyperparameterError

TENSORS = "model.safetensors"
DESCRIPTION = "model.json"


class Description(BaseModel):
    """What `model.json` says: with it the module is built, into which the tensors then fit."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    model: str
    columns: Annotated[int, Field(ge=1)]
    hyperparameters: dict[str, int | float | str]


def save(model: Algorithm, folder: Path) -> None:
    """Write both files; the description last, so that a folder which has one is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    (name,) = (name for name in ALGORITHMS if resolve(name) is type(model))
    description = Description(model=name, columns=model.columns, hyperparameters=model.hyperparameters.written())
    tensors = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}

    beside = folder / f".{TENSORS}"
    save_file(tensors, beside)
    os.replace(beside, folder / TENSORS)
    beside = folder / f".{DESCRIPTION}"
    beside.write_text(description.model_dump_json(indent=2) + "\n")
    os.replace(beside, folder / DESCRIPTION)


def load(folder: Path) -> Algorithm:
    """Read a model and check it: its version, its hyperparameters, every tensor's name, shape, type and finiteness.

    Raises ArtifactError that says what is wrong with the folder.
    """
    try:
        description = Description.model_validate(json.loads((folder / DESCRIPTION).read_bytes()))
        algorithm = resolve(description.model)
        model = algorithm(algorithm.Hyperparameters.parse(description.hyperparameters), description.columns)
        tensors = load_tensors((folder / TENSORS).read_bytes())
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise ArtifactError(f"{folder} holds no model: {missing} is missing, which `train` writes.") from None
    except (ValueError, ValidationError, HyperparameterError, SafetensorError, OSError) as error:
        raise ArtifactError(f"The model in {folder} cannot be read: {error}") from None
    _check(tensors, model.state_dict(), folder)
    model.load_state_dict(tensors)
    return model.eval()


def _check(tensors: dict[str, torch.Tensor], expected: dict[str, torch.Tensor], folder: Path) -> None:
    if tensors.keys() != expected.keys():
        odd = ", ".join(sorted(tensors.keys() ^ expected.keys()))
        raise ArtifactError(f"The model in {folder} does not fit its description: {odd} is missing or unknown.")
    for key, value in expected.items():
        found = tensors[key]
        if found.shape != value.shape or found.dtype != value.dtype:
            raise ArtifactError(
                f"The model in {folder} does not fit its description: {key} is {tuple(found.shape)} {found.dtype}, "
                f"not {tuple(value.shape)} {value.dtype}."
            )
        if not found.isfinite().all():
            raise ArtifactError(f"The model in {folder} is damaged: {key} is not finite.")
