"""A model on disk: `model.safetensors` has the learnt numbers, `model.json` everything else.

Nothing that is loaded can execute: no pickle is ever written or read, and the network's graph is built here.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from pydantic import ValidationError
from safetensors import SafetensorError

from seriesbox import codec
from seriesbox.algorithm import estimator_class, name_of, predictor_class
from seriesbox.description import Description, Runtime
from seriesbox.errors import ArtifactError
from seriesbox.extras import require
from seriesbox.files import replacing
from seriesbox.model_folder import DESCRIPTION, TENSORS, read
from seriesbox.model_tensors import check_numbers, check_tensors
from seriesbox.network.onnx_session import Session
from seriesbox.network.types import Tensors
from seriesbox.optimization import Optimization
from seriesbox.protocols import Estimator, Predictor


class Artifact(NamedTuple):
    """A model: what its two files hold."""

    algorithm: str
    columns: int
    column_names: Sequence[str]
    hyperparameters: Optimization
    tensors: Tensors
    runtime: Runtime

    @classmethod
    def of(cls, model: Estimator, runtime: Runtime, column_names: Sequence[str]) -> Self:
        """Return the artifact of an estimator that is fitted."""
        tensors = {name: tensor.numpy(force=True) for name, tensor in model.state_dict().items()}
        return cls(name_of(model), model.columns, list(column_names), model.hyperparameters, tensors, runtime)

    def save(self, folder: Path) -> None:
        """Write both files, the description last, so that a folder with a description is complete.

        Raises ArtifactError if a number makes no sense, and OSError if a file cannot be written: then neither is left.
        """
        folder.mkdir(parents=True, exist_ok=True)
        description = Description(
            model=self.algorithm,
            columns=self.columns,
            column_names=list(self.column_names),
            hyperparameters=self.hyperparameters.to_dict(),
            runtime=self.runtime,
        )
        check_numbers(self.tensors, folder)
        text = f"{description.model_dump_json(indent=2)}\n"
        (folder / DESCRIPTION).unlink(missing_ok=True)
        try:
            for name, content in ((TENSORS, codec.encode(self.tensors)), (DESCRIPTION, text.encode())):
                temporary = folder / f".{name}"
                with replacing(folder / name, temporary):
                    temporary.write_bytes(content)
        except OSError:
            (folder / TENSORS).unlink(missing_ok=True)
            raise

    def predictor(self, threads: int = 1) -> Predictor:
        """Return its predictor on a CPU. Raises ArtifactError if it cannot predict anything."""
        if self.runtime == "torch":
            require("train", "A model that torch computes")
            import torch

            torch.set_num_threads(threads)
            return probed(self.estimator().predictor())
        kind = predictor_class(self.algorithm)
        network = Session(kind.graph(self.hyperparameters, self.tensors), threads)
        return probed(kind(self.hyperparameters, self.columns, self.tensors, network))

    def estimator(self) -> Estimator:
        """Return its estimator on a CPU; imports torch."""
        import torch

        with torch.device("meta"):  # the tensors below are the only memory
            model = estimator_class(self.algorithm)(self.hyperparameters, self.columns)
        model.load_state_dict({name: torch.tensor(tensor) for name, tensor in self.tensors.items()}, assign=True)
        return model.eval()


def probed(predictor: Predictor) -> Predictor:
    """Return the predictor once it has predicted its probe. Raises ArtifactError: finite ones may be absurd."""
    try:
        with np.errstate(all="ignore"):
            *_, last = predictor.predict(predictor.probe())
    except np.linalg.LinAlgError as error:
        raise ArtifactError(f"The model is damaged: it cannot predict anything ({error}).") from None
    if not all(np.isfinite(each).all() for each in (last.columns, *last.drift.values())):
        raise ArtifactError("The model is damaged: its predictions for constant data are not finite.")
    return predictor


def save(model: Estimator, folder: Path, runtime: Runtime = "onnx", column_names: Sequence[str] = ()) -> None:
    """Write an estimator, as `Artifact.save` does."""
    Artifact.of(model, runtime, column_names).save(folder)


def load(folder: Path) -> Artifact:
    """Read a model and check it: its version, its hyperparameters, every tensor's name, shape, type and numbers.

    Raises ArtifactError that says what is wrong with the folder.
    """
    try:
        description = Description.model_validate(json.loads(read(folder, DESCRIPTION)))
        kind = predictor_class(description.model)
        older = kind.Hyperparameters.of_older_models
        hyperparameters = kind.Hyperparameters.parse({**older, **description.hyperparameters})
        shapes = kind.shapes(hyperparameters, description.columns)
        tensors, _ = codec.decode(read(folder, TENSORS))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ArtifactError(f"The model in {folder} cannot be read, {DESCRIPTION} is wrong: {faults}") from None
    except (ValueError, SafetensorError, KeyError, OSError, RecursionError) as error:
        raise ArtifactError(f"The model in {folder} cannot be read: {error}") from None
    newer = {name: shapes[name] for name in kind.newer_tensors - tensors.keys()}
    check_tensors(tensors, {name: shape for name, shape in shapes.items() if name not in newer}, folder)
    tensors |= {name: np.full(shape, np.nan, dtype) for name, (dtype, shape) in newer.items()}
    if (names := description.column_names) and not kind.rows_are_independent and len(names) != description.columns:
        raise ArtifactError(f"The model in {folder} does not fit its description: {len(names)} columns have names.")
    return Artifact(description.model, description.columns, names, hyperparameters, tensors, description.runtime)
