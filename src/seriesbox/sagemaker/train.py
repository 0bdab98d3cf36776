"""`train`: the console command. It runs `job.run` under SageMaker's own toolkit, and whatever fails ends with exit
code 1 and one sentence in the failure file.

The toolkit sets up logging and writes the success or the failure file. It has holes: it may exit with 0 after an
`OSError` without a number, after `SystemExit`, or when the failure file cannot be written. So `job.run` lets nothing
past but the toolkit's `ClientError`, and `main` trusts nothing but the success file.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from seriesbox.errors import printable
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_signals

STOPPED_EARLY = "Stopped before the first step of training: no model was saved."


def main() -> NoReturn:
    """Train, and exit the process."""
    paths = Paths()
    had_code = paths.code.exists()

    def stop_early(*_: object) -> NoReturn:
        with suppress(OSError):
            paths.failure.write_text(STOPPED_EARLY)
        os.write(sys.stderr.fileno(), f"{STOPPED_EARLY}\n".encode())
        _exit(1, paths, had_code)

    # Before anything large is imported: without a handler, the first process of a container ignores the signals.
    on_signals(stop_early)

    fault = _unwritable(paths.output)
    if not fault:
        for left_over in (paths.success, paths.failure):  # of an earlier run in the same tree
            left_over.unlink(missing_ok=True)
        fault = _unwritable(paths.model) or _malformed(paths) or (None if had_code else _unwritable(paths.code))
    if fault:  # the toolkit would answer with a traceback
        with suppress(OSError):
            paths.failure.write_text(printable(fault))
        print(fault, file=sys.stderr)
        _exit(1, paths, had_code)

    os.environ["SAGEMAKER_TRAINING_MODULE"] = "seriesbox.sagemaker.job:run"
    try:
        from sagemaker_training.cli.train import main as toolkit  # makes the folder for code

        toolkit()
    finally:
        _exit(0 if paths.success.exists() else 1, paths, had_code)


def _exit(code: int, paths: Paths, had_code: bool) -> NoReturn:
    """End at once: a computation that was left behind when the job was stopped may still go on."""
    if not had_code:
        with suppress(OSError):
            paths.code.rmdir()  # the toolkit's, in a tree that is the user's
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)


def _unwritable(folder: Path) -> str | None:
    """Why nothing can be written into the folder: better known before hours of training than after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder} cannot be made by user {os.getuid()}: {error.strerror}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"User {os.getuid()} cannot write into {folder}: mount it writable, or give the folder to that user."
    return None


def _malformed(paths: Paths) -> str | None:
    """What is wrong with the configuration that every job has."""
    contents: dict[Path, Any] = {}
    for file in (paths.hyperparameters, paths.inputs, paths.resources):
        try:
            contents[file] = json.loads(file.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            return f"{file} must hold a JSON object, which every job needs: {error}"
        if not isinstance(contents[file], dict):
            return f"{file} must hold a JSON object, which every job needs."
    if not all(isinstance(channel, dict) for channel in contents[paths.inputs].values()):
        return f"{paths.inputs} must hold an object for every channel."
    hosts, current = (contents[paths.resources].get(key) for key in ("hosts", "current_host"))
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts) or current not in hosts:
        return f"{paths.resources} must have `hosts`, a list of names, and `current_host`, one of them."
    return None
