"""Checks before a job begins. Without them, faults would end in a traceback of the toolkit, or show at the end only."""

import json
import os
from pathlib import Path
from typing import Any

from seriesbox.sagemaker.paths import Paths

LAYOUT = (
    "The base folder, /opt/ml or that of SAGEMAKER_BASE_DIR, must hold hyperparameters.json, inputdataconfig.json and "
    "resourceconfig.json in input/config, and data in input/data/training: `train --help` shows what is in them."
)


def find_obstacle(paths: Paths, had_code: bool) -> str | None:
    """Return a sentence about the first obstacle to any training; None if there is none."""
    if not paths.config.is_dir():
        return f"{paths.config} is missing. {LAYOUT}"  # and nothing is made: it may be the wrong folder
    if fault := _unwritable(paths.output):
        return fault
    for left_over in (paths.success, paths.failure):  # of an earlier run in the same tree
        try:
            left_over.unlink(missing_ok=True)
        except OSError as error:
            return f"{left_over} is in the way and cannot be removed: {error.strerror}."
    if fault := _malformed(paths):
        return fault
    needed = (paths.model, paths.checkpoint_folder(), None if had_code else paths.code)
    return next(filter(None, (_unwritable(folder) for folder in needed if folder)), None)


def _unwritable(folder: Path) -> str | None:
    """Return why nothing can be written into the folder, which is made if it does not exist."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder} cannot be made by user {os.getuid()}: {error.strerror}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"User {os.getuid()} cannot write into {folder}: mount it writable, or give the folder to that user."
    return None


def _malformed(paths: Paths) -> str | None:
    """Return what is wrong with the files of the configuration."""
    contents: dict[Path, Any] = {}
    optional = [paths.checkpoint_config] if paths.checkpoint_config.exists() else []
    for file in (paths.hyperparameters, paths.inputs, paths.resources, *optional):
        try:
            contents[file] = json.loads(file.read_bytes())
        except FileNotFoundError:
            return f"{file} is missing. {LAYOUT}"
        except (OSError, ValueError, RecursionError) as error:
            return f"{file} must hold a JSON object: {error}"
        if not isinstance(contents[file], dict):
            return f"{file} must hold a JSON object."
    if not all(isinstance(channel, dict) for channel in contents[paths.inputs].values()):
        return f"{paths.inputs} must hold an object for every channel."
    hosts, current = (contents[paths.resources].get(key) for key in ("hosts", "current_host"))
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts) or current not in hosts:
        return f"{paths.resources} must have `hosts`, a list of names, and `current_host`, one of them."
    if optional and not isinstance(contents[paths.checkpoint_config].get("LocalPath", ""), str):
        return f"{paths.checkpoint_config} must have a folder as its `LocalPath`, or none."
    return None
