"""The files and folders of SageMaker's contract."""

import json
import os
from pathlib import Path


class Paths:
    """The `/opt/ml` tree, or the same tree under `SAGEMAKER_BASE_DIR`."""

    def __init__(self) -> None:
        base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
        self.config = config = base / "input" / "config"
        self.hyperparameters = config / "hyperparameters.json"
        self.inputs = config / "inputdataconfig.json"
        self.resources = config / "resourceconfig.json"
        self.checkpoint_config = config / "checkpointconfig.json"
        self.checkpoints = base / "checkpoints"
        self.channels = base / "input" / "data"
        self.code = base / "code"
        self.model = base / "model"
        self.output = base / "output"
        self.failure = self.output / "failure"
        self.success = self.output / "success"
        self.data = self.output / "data"

    def channel(self, name: str) -> Path:
        """Return the folder of a data channel; it is absent if the job has no such channel."""
        return self.channels / name

    def checkpoint_folder(self) -> Path | None:
        """Return the folder for checkpoints, the configured one or the usual one; None if there is neither."""
        if self.checkpoint_config.exists():
            return Path(json.loads(self.checkpoint_config.read_bytes()).get("LocalPath") or self.checkpoints)
        return self.checkpoints if self.checkpoints.is_dir() else None
