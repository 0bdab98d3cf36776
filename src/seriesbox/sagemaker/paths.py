"""Where SageMaker puts things and looks for them."""

import json
import os
from pathlib import Path


class Paths:
    """The `/opt/ml` tree, or the same tree under `SAGEMAKER_BASE_DIR`."""

    def __init__(self) -> None:
        base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
        config = base / "input" / "config"
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
        """The folder of one data channel; absent when the job has no such channel."""
        return self.channels / name

    def place_for_checkpoints(self) -> Path | None:
        """Where this job keeps checkpoints: where its configuration says, or in the usual folder if there is one."""
        if self.checkpoint_config.exists():
            return Path(json.loads(self.checkpoint_config.read_bytes()).get("LocalPath") or self.checkpoints)
        return self.checkpoints if self.checkpoints.is_dir() else None
