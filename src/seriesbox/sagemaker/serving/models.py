"""The models of one server: one, or, on a multi-model endpoint, as many as memory allows."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from seriesbox.artifact import Artifact, load, probed
from seriesbox.model_folder import TENSORS, missing
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.device import find_device
from seriesbox.sagemaker.machine import release_memory
from seriesbox.sagemaker.serving.memory import Memory
from seriesbox.sagemaker.serving.settings import ServerSettings

FILE_SIZES = 4  # in memory, of a model and what a request to it needs
RUNTIME = 1 << 18  # bytes, of a model of any size


class AlreadyLoadedError(Exception):
    """A model of that name is loaded already."""


class NotLoadedError(Exception):
    """No model of that name is loaded."""


@dataclass(frozen=True)
class LoadedModel:
    """A model, and the folder it came from."""

    name: str
    url: str
    algorithm: str
    predictor: Predictor
    column_names: Sequence[str] = ()

    @classmethod
    def of(cls, name: str, url: str, settings: ServerSettings) -> Self:
        """Load the model in the folder `url`, for the GPU if there is one. Raises ArtifactError."""
        artifact = load(Path(url))
        has_gpu = find_device(settings.gpu).type == "cuda"
        predictor = _gpu_predictor(artifact) if has_gpu else artifact.predictor(settings.threads)
        return cls(name, url, artifact.algorithm, predictor, artifact.column_names)


def _gpu_predictor(artifact: Artifact) -> Predictor:
    import torch

    return probed(artifact.estimator().to(torch.device("cuda")).predictor())


class Models:
    """The models of a multi-model endpoint. SageMaker loads and unloads them; several threads ask for them."""

    def __init__(self, settings: ServerSettings, memory: Memory) -> None:
        self._settings = settings
        self._memory = memory
        self._loaded: dict[str, LoadedModel] = {}
        self._changing = threading.Lock()

    def load(self, name: str, url: str) -> None:
        """Load a model. Raises AlreadyLoadedError, NoMemoryError or ArtifactError."""
        with self._changing:
            if name in self._loaded:
                raise AlreadyLoadedError(f"The model {name!r} is loaded already.")
            try:
                needed = FILE_SIZES * (Path(url) / TENSORS).stat().st_size + RUNTIME
            except (OSError, ValueError):  # the latter for a path that cannot be one
                raise missing(Path(url), TENSORS) from None
            self._memory.reserve_for_model(name, needed)
            try:
                self._loaded[name] = LoadedModel.of(name, url, self._settings)
            except BaseException:
                self._memory.release_model(name)
                raise

    def unload(self, name: str) -> None:
        """Forget a model. Raises NotLoadedError."""
        with self._changing:
            del self._loaded[self.get(name).name]
            release_memory()
            self._memory.release_model(name)

    def get(self, name: str) -> LoadedModel:
        """Return a model. Raises NotLoadedError."""
        try:
            return self._loaded[name]
        except KeyError:
            raise NotLoadedError(f"No model {name!r} is loaded.") from None

    def all(self) -> list[LoadedModel]:
        """Return all models, sorted by name."""
        return [self._loaded[name] for name in sorted(self._loaded.copy())]
