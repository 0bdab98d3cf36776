"""The committed files of each algorithm: its folder is called like the algorithm."""

import json
from pathlib import Path
from typing import Any

from marketplace.markdown import sections

FOLDER = Path(__file__).parent


def published() -> list[str]:
    """Return the algorithms that are published."""
    return sorted(file.parent.name for file in FOLDER.glob("*/texts.md"))


def samples_folder(name: str) -> Path:
    """Return the folder of an algorithm's sample data."""
    return FOLDER / name / "samples"


def sample_hyperparameters(name: str) -> dict[str, Any]:
    """Return the hyperparameters that the model behind the sample outputs was trained with."""
    given: dict[str, Any] = json.loads((FOLDER / name / "hyperparameters.json").read_bytes())
    return given


def texts(name: str) -> dict[str, str]:
    """Return the texts of one algorithm's page, by heading. Values to fill in are names that begin with `$`."""
    return sections((FOLDER / name / "texts.md").read_text())
