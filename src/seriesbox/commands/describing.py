"""`seriesbox info`: what a model is."""

from collections.abc import Iterator
from pathlib import Path

from seriesbox.artifact import load
from seriesbox.files import printable


def lines(folder: Path) -> Iterator[str]:
    """Yield what the model in a folder is, line by line. Raises ArtifactError."""
    artifact = load(folder)
    yield f"model: {artifact.algorithm}"
    yield f"columns: {artifact.columns}"
    if artifact.column_names:
        yield f"names: {', '.join(map(printable, artifact.column_names))}"
    yield f"learnt numbers: {sum(tensor.size for tensor in artifact.tensors.values())}"
    for name, value in artifact.hyperparameters.to_dict().items():
        yield f"{name}: {value}"
