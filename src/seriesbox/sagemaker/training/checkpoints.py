"""Checkpoints: states of a training on disk. SageMaker copies them to S3, and back after a restart.

SageMaker uploads every file in the folder whose name does not end in `.sagemaker-ignore`, and puts a marker beside a
file meanwhile. So a checkpoint is written under such a name, and renamed once it is on the disk.
"""

import hashlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from seriesbox import codec
from seriesbox.artifact import Artifact
from seriesbox.errors import UserError
from seriesbox.files import replacing
from seriesbox.hyperparameters import Hyperparameters
from seriesbox.network.types import Tensors
from seriesbox.sagemaker.training.digests import SIZE, Digests
from seriesbox.sagemaker.training.log import logger

SECONDS_BETWEEN_CHECKPOINTS = 60.0
KEPT = 2  # the newest ones
MAY_CHANGE = {  # hyperparameters of reading, of the end of a training, and of what comes after it
    *("header", "id-columns"),
    *("epochs", "min-updates", "max-seconds"),
    *("verbose", "false-alarm-rate", "event-gap", "beta"),
}
FILE_NAME = re.compile(r"checkpoint-(\d{8})\.safetensors")
UNFINISHED, UPLOADING = ".sagemaker-ignore", ".sagemaker-uploading"


class Checkpoints:
    """The checkpoints of one job, in a folder that exists. A job resumes from the newest one that can be read."""

    def __init__(self, folder: Path, fingerprint: Mapping[str, Any]) -> None:
        self.folder = folder
        self.fingerprint = fingerprint
        self.seconds = float(os.environ.get("SERIESBOX_CHECKPOINT_SECONDS") or SECONDS_BETWEEN_CHECKPOINTS)
        self.saved = time.monotonic()

    def is_due(self) -> bool:
        """Return whether the last checkpoint is old enough for another one."""
        return time.monotonic() - self.saved >= self.seconds

    def load(self) -> tuple[Tensors, dict[str, Any]] | None:
        """Return the newest undamaged state; None if there is none. Raises UserError if it belongs to another job."""
        files = self._files()
        for file in reversed(files):
            try:
                tensors, notes = codec.decode(file.read_bytes())
                if notes is None:
                    raise ValueError("it is of another version of seriesbox")
                fingerprint, facts = notes["fingerprint"], notes["facts"]
            except (OSError, ValueError, KeyError, SafetensorError) as error:
                logger.warning("%s cannot be read, trying the one before it: %s", file, error)
                continue
            self._check(fingerprint, file)
            progress = facts["progress"]
            logger.info("Resuming from %s: epoch %d, step %d.", file.name, progress["epoch"], progress["steps"] + 1)
            return tensors, facts
        if files:
            logger.warning("No checkpoint can be read: the training begins anew.")
        return None

    def save(self, tensors: Tensors, facts: Mapping[str, Any]) -> None:
        """Write a checkpoint, and remove those before the last two. If that fails, the training continues."""
        self.saved = time.monotonic()
        files = self._files()
        file = self.folder / f"checkpoint-{_number(files[-1]) + 1 if files else 0:08d}.safetensors"
        temporary = file.with_name(file.name + UNFINISHED)
        content = codec.encode(tensors, {"fingerprint": self.fingerprint, "facts": facts})
        try:
            with replacing(file, temporary):
                temporary.write_bytes(content)
        except OSError as error:
            logger.warning("%s could not be written, the training continues without it: %s", file, error)
            return
        for old in files[: 1 - KEPT]:
            if not old.with_name(old.name + UPLOADING).exists():
                try:
                    old.unlink(missing_ok=True)
                except OSError as error:
                    logger.warning("An old checkpoint could not be removed, the training continues: %s", error)

    def _files(self) -> list[Path]:
        return sorted(file for file in self.folder.glob("*") if FILE_NAME.fullmatch(file.name))

    def _check(self, fingerprint: Mapping[str, Any], file: Path) -> None:
        differences = [
            f"{name} was {fingerprint.get(name, 'not there')} and is {self.fingerprint.get(name, 'not there')}"
            for name in sorted(fingerprint.keys() | self.fingerprint.keys())
            if fingerprint.get(name) != self.fingerprint.get(name)
        ]
        if differences:
            raise UserError(
                f"{file} is a checkpoint of another job: {'; '.join(differences)}. Give this job its own folder "
                "for checkpoints, or the values of that job."
            )


def fingerprint(
    algorithm: str, hyperparameters: Hyperparameters, digests: Digests, earlier_model: Artifact | None
) -> dict[str, Any]:
    """Return everything that determines a training, on all its processes: equal fingerprints, equal trainings."""
    settings = {name: value for name, value in hyperparameters.to_dict().items() if name not in MAY_CHANGE}
    data = {f"{name} data": _joined(digests[name]) for name in ("training", "validation")}
    model = digests["model"][0].hex() if earlier_model else None
    return {"model": algorithm, "processes": len(digests["training"]), **settings, **data, "earlier model": model}


def _joined(digests: Sequence[bytes]) -> str:
    return hashlib.blake2b(b"".join(digests), digest_size=SIZE).hexdigest()


def _number(file: Path) -> int:
    match = FILE_NAME.fullmatch(file.name)
    assert match
    return int(match[1])
