"""Models as an earlier version wrote them."""

from pathlib import Path

from seriesbox import codec
from seriesbox.model_folder import TENSORS


def remove_tensor(folder: Path, name: str) -> None:
    """Remove a tensor that came later from a saved model."""
    tensors, _ = codec.decode((folder / TENSORS).read_bytes())
    del tensors[name]
    (folder / TENSORS).write_bytes(codec.encode(tensors))
