"""Checkpoints: states of a training on disk, where SageMaker copies them to S3 and brings them back after a restart.

SageMaker uploads whatever appears in the folder, but for names that end in `.sagemaker-ignore`, and puts notes of its
own beside a file while it does. So a checkpoint is written under such a name, and renamed once it is on the disk.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from seriesbox.artifact import Artifact
from seriesbox.errors import UserError
from seriesbox.files import replacing
from seriesbox.group import Group
from seriesbox.hyperparameters import Hyperparameters
from seriesbox.tables.table import Table

SECONDS = 60.0  # between two of them
KEPT = 2
MAY_CHANGE = {"epochs", "max-seconds"}  # hyperparameters that say when to end, and nothing of what was done so far
NAME = re.compile(r"checkpoint-(\d{8})\.safetensors")
UNFINISHED, UPLOADING = ".sagemaker-ignore", ".sagemaker-uploading"


class Checkpoints:
    """The checkpoints of one job in a folder that is there. The newest one that can be read counts."""

    def __init__(self, folder: Path, fingerprint: Mapping[str, Any]) -> None:
        self.folder = folder
        self.fingerprint = fingerprint
        self.seconds = float(os.environ.get("SERIESBOX_CHECKPOINT_SECONDS") or SECONDS)
        self.saved = time.monotonic()

    def due(self) -> bool:
        """Whether the last one is old enough."""
        return time.monotonic() - self.saved >= self.seconds

    def load(self) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """The newest one that is whole. Raises UserError where it is of another job."""
        for file in reversed(self._files()):
            try:
                tensors, notes = _read(file)
            except (OSError, ValueError, KeyError, SafetensorError) as error:
                print(f"{file} cannot be read, the one before it is taken: {error}", flush=True)
                continue
            self._check(notes["fingerprint"], file)
            progress = notes["facts"]["progress"]
            print(f"Going on from {file.name}: epoch {progress['epoch']}, step {progress['steps'] + 1}.", flush=True)
            return tensors, notes["facts"]
        return None

    def save(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Write another one, and remove those before the last two. A disk that is full does not end the training."""
        self.saved = time.monotonic()
        files = self._files()
        file = self.folder / f"checkpoint-{_number(files[-1]) + 1 if files else 0:08d}.safetensors"
        beside = file.with_name(file.name + UNFINISHED)
        contents = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        notes = json.dumps({"fingerprint": self.fingerprint, "facts": facts})
        # The library's own way to write a file has another one beside it for a while, which SageMaker would upload.
        body = tensors_to_bytes(contents, {"notes": notes, "digest": _digest(contents, notes)})
        try:
            with replacing(file, beside):
                beside.write_bytes(body)
        except OSError as error:
            print(f"{file} could not be written, the training goes on without it: {error}", flush=True)
            return
        for old in files[: 1 - KEPT]:
            if not old.with_name(old.name + UPLOADING).exists():
                old.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(file for file in self.folder.glob("*") if NAME.fullmatch(file.name))

    def _check(self, theirs: Mapping[str, Any], file: Path) -> None:
        differences = [
            f"{name} was {theirs.get(name, 'not there')} and is {self.fingerprint.get(name, 'not there')}"
            for name in sorted(theirs.keys() | self.fingerprint.keys())
            if theirs.get(name) != self.fingerprint.get(name)
        ]
        if differences:
            raise UserError(
                f"{file} is a checkpoint of another job: {'; '.join(differences)}. Give this job a place of its own "
                "for checkpoints, or what that one had."
            )


def fingerprint(
    algorithm: str,
    hyperparameters: Hyperparameters,
    channels: Mapping[str, Sequence[Table]],
    earlier: Artifact | None,
    group: Group,
) -> dict[str, Any]:
    """What a training follows from, on all its processes: two with the same fingerprint go the same way."""
    written = {name: value for name, value in hyperparameters.written().items() if name not in MAY_CHANGE}
    data = {f"{name} data": _of_all(_of_arrays(_arrays(tables)), group) for name, tables in channels.items()}
    before = _of_arrays(earlier.tensors.values()).hex() if earlier else None
    return {"model": algorithm, "processes": group.size, **written, **data, "earlier model": before}


def _arrays(tables: Sequence[Table]) -> Iterator[NDArray[Any]]:
    for table in tables:
        for cells, widths in table.pieces():
            yield widths
            yield cells


def _of_arrays(arrays: Iterable[NDArray[Any]]) -> bytes:
    found = hashlib.blake2b(digest_size=8)
    for array in arrays:
        found.update(np.ascontiguousarray(array).data)
    return found.digest()


def _of_all(digest: bytes, group: Group) -> str:
    return hashlib.blake2b(group.gather(np.frombuffer(digest, np.uint8)[None]).tobytes(), digest_size=8).hexdigest()


def _read(file: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    with safe_open(file, framework="pt") as opened:
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 (it is no dictionary)
        metadata = opened.metadata() or {}
    if metadata["digest"] != _digest(tensors, metadata["notes"]):
        raise ValueError("its contents have changed")
    return tensors, json.loads(metadata["notes"])


def _digest(tensors: Mapping[str, Tensor], notes: str) -> str:
    found = hashlib.blake2b(notes.encode(), digest_size=16)
    for name in sorted(tensors):
        found.update(f"{name} {tensors[name].dtype} {tuple(tensors[name].shape)}".encode())
        found.update(tensors[name].numpy().tobytes())
    return found.hexdigest()


def _number(file: Path) -> int:
    found = NAME.fullmatch(file.name)
    assert found
    return int(found[1])
