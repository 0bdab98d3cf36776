"""The models of one server: one, or, on a multi-model endpoint, as many as memory allows."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from seriesbox.algorithm import Predictor
from seriesbox.artifact import TENSORS, Artifact, load, tried
from seriesbox.errors import ArtifactError
from seriesbox.sagemaker.machine import give_back, memory_limit, resident
from seriesbox.sagemaker.serving.settings import Settings

# A model in memory, and what a request to it needs, against the size of its file.
TIMES_ITS_FILE = 3
LEAST_FREE = 256 << 20  # bytes left for requests


class AlreadyLoadedError(Exception):
    """A model of that name is there."""


class NotLoadedError(Exception):
    """No model of that name is there."""


class NoMemoryError(Exception):
    """The model does not fit beside those that are there."""


@dataclass(frozen=True)
class Loaded:
    """A model, and the folder it came from."""

    name: str
    url: str
    algorithm: str
    model: Predictor

    @classmethod
    def of(cls, name: str, url: str, settings: Settings) -> Self:
        """Load the model in the folder `url`, for the GPU where there is one. Raises ArtifactError."""
        artifact = load(Path(url))
        on_gpu = settings.gpu and _on_gpu(artifact)
        return cls(name, url, artifact.model, on_gpu or artifact.predictor(settings.threads))


def _on_gpu(artifact: Artifact) -> Predictor | None:
    import torch  # takes a second and hundreds of megabytes, so only where there may be a GPU

    if not torch.cuda.is_available():
        return None
    torch.backends.cudnn.allow_tf32 = False  # so that answers are those of the CPU to a millionth
    return tried(artifact.estimator().to(torch.device("cuda")).predictor())


class Models:
    """A multi-model endpoint's models. SageMaker loads and unloads them; several threads ask for them."""

    def __init__(self, settings: Settings, budget: int | None = None) -> None:
        self._settings = settings
        self._budget = memory_limit() if budget is None else budget
        self._loaded: dict[str, Loaded] = {}
        self._changing = threading.Lock()

    def load(self, name: str, url: str) -> None:
        """Raises AlreadyLoadedError, NoMemoryError or ArtifactError."""
        with self._changing:
            if name in self._loaded:
                raise AlreadyLoadedError(f"The model {name!r} is loaded already.")
            folder = Path(url)
            try:
                needed = TIMES_ITS_FILE * (folder / TENSORS).stat().st_size + LEAST_FREE
            except (OSError, ValueError):  # the latter for a path that cannot be one
                raise ArtifactError(f"{url} holds no model: {TENSORS} is missing, which `train` writes.") from None
            if resident() + needed > self._budget:
                raise NoMemoryError(
                    f"The model {name!r} needs {needed >> 20} MB, of {self._budget >> 20} MB {resident() >> 20} are in "
                    "use: unload another one."
                )
            self._loaded[name] = Loaded.of(name, url, self._settings)

    def unload(self, name: str) -> None:
        """Raises NotLoadedError."""
        with self._changing:
            del self._loaded[self.get(name).name]
            give_back()

    def get(self, name: str) -> Loaded:
        """Raises NotLoadedError."""
        try:
            return self._loaded[name]
        except KeyError:
            raise NotLoadedError(f"No model {name!r} is loaded.") from None

    def all(self) -> list[Loaded]:
        """By name."""
        return [self._loaded[name] for name in sorted(self._loaded.copy())]
