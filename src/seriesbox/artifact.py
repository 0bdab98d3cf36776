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
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes

from seriesbox.algorithm import ALGORITHMS, Algorithm, resolve
from seriesbox.errors import ArtifactError, HyperparameterError

TENSORS = "model.safetensors"
DESCRIPTION = "model.json"


class Description(BaseModel):
    """What `model.json` says: with it the module is built, into which the tensors then fit."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    model: str
    columns: Annotated[int, Field(ge=1, le=10**7)]
    hyperparameters: dict[str, int | float | str]


def save(model: Algorithm, folder: Path) -> None:
    """Write both files; the description last, so that a folder which has one is complete.

    Raises ArtifactError when a number in the model is not finite.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (algorithm,) = (name for name in ALGORITHMS if resolve(name) is type(model))
    description = Description(model=algorithm, columns=model.columns, hyperparameters=model.hyperparameters.written())
    tensors = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}

    _check_finite(tensors, folder)
    (folder / DESCRIPTION).unlink(missing_ok=True)
    for name, content in {
        TENSORS: tensors_to_bytes(tensors),
        DESCRIPTION: (description.model_dump_json(indent=2) + "\n").encode(),
    }.items():
        beside = folder / f".{name}"
        beside.write_bytes(content)
        os.replace(beside, folder / name)


def load(folder: Path) -> Algorithm:
    """Read a model and check it: its version, its hyperparameters, every tensor's name, shape, type and finiteness.

    Raises ArtifactError that says what is wrong with the folder.
    """
    try:
        description = Description.model_validate(json.loads(_contents(folder / DESCRIPTION)))
        algorithm = resolve(description.model)
        with torch.device("meta"):  # shapes alone: a description cannot make us take memory for what no tensors follow
            model = algorithm(algorithm.Hyperparameters.parse(description.hyperparameters), description.columns)
        tensors = tensors_from_bytes(_contents(folder / TENSORS))
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise ArtifactError(f"{folder} holds no model: {missing} is missing, which `train` writes.") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ArtifactError(f"The model in {folder} cannot be read, {DESCRIPTION} is wrong: {faults}") from None
    except (ValueError, HyperparameterError, SafetensorError, OSError) as error:
        raise ArtifactError(f"The model in {folder} cannot be read: {error}") from None
    except (RuntimeError, TypeError, RecursionError, MemoryError) as error:
        raise ArtifactError(f"The model in {folder} describes something that cannot be built: {error}") from None
    _check(tensors, model.state_dict(), folder)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def _contents(file: Path) -> bytes:
    if file.is_symlink():
        raise ArtifactError(f"{file} is a link: a model is the two files themselves.")
    return file.read_bytes()


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
    _check_finite(tensors, folder)


def _check_finite(tensors: dict[str, torch.Tensor], folder: Path) -> None:
    for key, value in tensors.items():
        if not value.isfinite().all():
            raise ArtifactError(f"The model for {folder} is damaged: {key} is not finite.")
