"""Named tensors and facts <-> bytes: safetensors, whose metadata hold the facts as JSON and a digest of everything.

Models, checkpoints and messages between processes are all written like this. Nothing that is read can execute.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from seriesbox.network.types import Tensors

METADATA = "__metadata__"  # of safetensors


def encode(tensors: Tensors, facts: Any = None) -> bytes:
    """Write tensors, and facts that JSON can express if there are any."""
    contents = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    if facts is None:
        return safetensors.numpy.save(contents)
    text = json.dumps(facts)
    return safetensors.numpy.save(contents, {"facts": text, "digest": _digest(contents, text)})


def decode(content: bytes) -> tuple[dict[str, NDArray[Any]], Any]:
    """Read what `encode` wrote; facts are None if none were written.

    Raises SafetensorError or ValueError if the content is damaged.
    """
    tensors = safetensors.numpy.load(content)
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + size]).get(METADATA, {})
    if "facts" not in metadata:
        return tensors, None
    if metadata.get("digest") != _digest(tensors, metadata["facts"]):
        raise ValueError("its contents have changed")
    return tensors, json.loads(metadata["facts"])


def flatten(groups: Mapping[str, Tensors]) -> dict[str, NDArray[Any]]:
    """Join the names of groups of tensors: `{"a": {"b": tensor}}` -> `{"a.b": tensor}`."""
    return {f"{group}.{name}": tensor for group, tensors in groups.items() for name, tensor in tensors.items()}


def unflatten(tensors: Tensors) -> dict[str, dict[str, NDArray[Any]]]:
    """Undo `flatten`, at the first dot of each name: `{"a.b": tensor}` -> `{"a": {"b": tensor}}`."""
    groups: dict[str, dict[str, NDArray[Any]]] = {}
    for key, tensor in tensors.items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = tensor
    return groups


def _digest(tensors: Tensors, text: str) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tensors[name].shape}".encode())
        digest.update(tensors[name].tobytes())
    return digest.hexdigest()
