"""The options that several programs have."""

import argparse
from pathlib import Path
from typing import Any

from benchmarks import cases
from seriesbox.sagemaker.machine import usable_cores

SHARED: dict[str, dict[str, Any]] = {
    "--algorithms": {"nargs": "+", "default": cases.names(), "choices": cases.names(), "help": "default: all"},
    "--also": {
        "nargs": "+",
        "default": [],
        "metavar": "NAME=VALUE",
        "help": "add ours with this hyperparameter, as another method",
    },
    "--archive": {"type": Path, "required": True, "metavar": "FOLDER", "help": "a folder of the archive's sets"},
    "--data": {"type": Path, "required": True, "metavar": "FOLDER", "help": "the folder of the public data"},
    "--processes": {"type": int, "default": usable_cores(), "help": "that share the work"},
    "--record": {"action": "store_true", "help": "write the figures into benchmarks/figures.json as well"},
    "--seed": {"type": int, "default": 0, "help": "seed of every random choice"},
    "--threads": {"type": int, "default": 2, "help": "threads of torch"},
}


def parser(description: str | None, *shared: str) -> argparse.ArgumentParser:
    """Return a parser with some of the shared options. Its help is the docstring of the program."""
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in shared:
        options.add_argument(name, **SHARED[name])
    return options
