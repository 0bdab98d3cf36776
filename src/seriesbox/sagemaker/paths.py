"""Where SageMaker puts things and looks for them."""

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
