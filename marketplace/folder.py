"""Where the files of the listings are, and what their samples are trained with."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def samples_folder(name: str) -> Path:
    """Where the samples of the algorithm called `name` are."""
    return FOLDER / name / "samples"


def sample_hyperparameters(name: str) -> dict[str, Any]:
    """What the samples' outputs were trained with."""
    given: dict[str, Any] = json.loads((FOLDER / name / "hyperparameters.json").read_bytes())
    return given
