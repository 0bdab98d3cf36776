"""`train`: the console command. It runs `job.run` under SageMaker's own toolkit, and whatever fails ends with exit
code 1 and one sentence in the failure file.

The toolkit sets up logging and writes the success or the failure file. It has holes: it may exit with 0 after an
`OSError` without a number, after `SystemExit`, or when the failure file cannot be written. So `job.run` lets nothing
past but the toolkit's `ClientError`, and `main` trusts nothing but the success file.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from seriesbox.sagemaker.paths import Paths


def main() -> None:
    """Train, and exit the process."""
    # Set before anything is imported: without a handler, the first process of a container ignores the signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped before the first step of training: there is no model."))
    paths = Paths()
    if fault := _unwritable(paths.output):
        sys.exit(fault)
    for left_over in (paths.success, paths.failure):  # of an earlier run in the same tree
        left_over.unlink(missing_ok=True)
    if fault := _unwritable(paths.model) or _malformed(paths):  # the toolkit would answer with a traceback
        paths.failure.write_text(printable(fault))
        sys.exit(fault)

    os.environ["SAGEMAKER_TRAINING_MODULE"] = "seriesbox.sagemaker.job:run"
    had_code = paths.code.exists()
    from sagemaker_training.cli.train import main as toolkit  # makes the folder for code and reads the environment

    if not had_code:
        with suppress(OSError):
            paths.code.rmdir()  # the folder is the user's
    try:
        toolkit()
    finally:
        sys.exit(0 if paths.success.exists() else 1)


def printable(reason: str) -> str:
    """The text without what cannot be written, such as a file name in no known encoding."""
    return reason.encode("utf-8", "backslashreplace").decode()


def _unwritable(folder: Path) -> str | None:
    """Why nothing can be written into the folder: better known before hours of training than after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder} cannot be made: {error.strerror}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"User {os.getuid()} cannot write into {folder}: mount it writable, or give the folder to that user."
    return None


def _malformed(paths: Paths) -> str | None:
    """What is wrong with the configuration that every job has."""
    for file, keys in {
        paths.hyperparameters: set[str](),
        paths.inputs: set[str](),
        paths.resources: {"current_host", "hosts"},
    }.items():
        try:
            absent = keys - json.loads(file.read_bytes()).keys()
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            return f"{file} must hold a JSON object, which every job needs: {error}"
        if absent:
            return f"{file} lacks {', '.join(sorted(absent))}."
    return None
