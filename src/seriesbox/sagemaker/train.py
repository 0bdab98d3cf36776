"""`train`: the console command. It runs `job.run` under SageMaker's own toolkit, and whatever fails ends with exit
code 1 and one sentence in the failure file.

The toolkit sets up logging and writes the success or the failure file. It has holes: it may exit with 0 after an
`OSError` without a number, after `SystemExit`, or when the failure file cannot be written; and where it fails itself,
that file begins with a traceback. So `job.run` lets nothing past but the toolkit's `ClientError`, and `main` trusts
nothing but the success file.
"""

import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from seriesbox.errors import STOPPED_EARLY, shortened
from seriesbox.sagemaker.machine import job_began
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_signals

FAILED_ITSELF = ("Framework Error", "SMTrainingCompiler Error")  # how the toolkit's own failures begin


def main() -> NoReturn:
    """Train, and exit the process."""
    job_began()
    paths = Paths()
    had_code = paths.code.exists()

    def stop_early(*_: object) -> NoReturn:
        with suppress(OSError):
            paths.failure.write_text(STOPPED_EARLY)
        os.write(sys.stderr.fileno(), f"{STOPPED_EARLY}\n".encode())
        _exit(1, paths, had_code)

    # Before anything large is imported: without a handler, the first process of a container ignores the signals.
    on_signals(stop_early)

    obstacle = _obstacle(paths, had_code)
    fault = obstacle or _failure(paths)
    if fault:
        with suppress(OSError):
            paths.failure.write_text(shortened(fault))
        print(fault, file=sys.stderr)
    if obstacle:
        _tell_others(paths, obstacle)
    _exit(0 if paths.success.exists() and not fault else 1, paths, had_code)


def _obstacle(paths: Paths, had_code: bool) -> str | None:
    """What is in the way of any training: the toolkit would answer with a traceback, or nobody before the end."""
    if fault := _unwritable(paths.output):
        return fault
    for left_over in (paths.success, paths.failure):  # of an earlier run in the same tree
        try:
            left_over.unlink(missing_ok=True)
        except OSError as error:
            return f"{left_over} is in the way and cannot be removed: {error.strerror}."
    if fault := _malformed(paths):
        return fault
    needed = (paths.model, paths.place_for_checkpoints(), None if had_code else paths.code)
    return next(filter(None, (_unwritable(folder) for folder in needed if folder)), None)


def _tell_others(paths: Paths, obstacle: str) -> None:
    """End the hosts that would wait for this one."""
    with suppress(Exception):  # the configuration itself may be what is wrong
        if len(json.loads(paths.resources.read_bytes())["hosts"]) > 1:
            from seriesbox.sagemaker.cluster import Cluster

            Cluster(paths).fail(obstacle)


def _failure(paths: Paths) -> str | None:
    """Let the toolkit run the job; what went wrong, where it leaves no sentence that says so."""
    os.environ["SAGEMAKER_TRAINING_MODULE"] = "seriesbox.sagemaker.job:run"
    cause: BaseException | None = None
    try:
        from sagemaker_training.cli.train import main as toolkit  # makes the folder for code

        toolkit()
    except SystemExit as end:  # as it always ends, even while it fails to write the failure file
        cause = end.__context__
    except BaseException as error:
        cause = error
    if cause:
        traceback.print_exception(cause)
    said = paths.failure.read_text() if paths.failure.exists() else ""
    if paths.success.exists() or (said and not said.startswith(FAILED_ITSELF)):
        return None
    *_, last = (said or str(cause)).strip().splitlines() or ("unknown",)
    return f"SageMaker's toolkit failed, the log says where: {last}"


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
    """Why nothing can be written into the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder} cannot be made by user {os.getuid()}: {error.strerror}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"User {os.getuid()} cannot write into {folder}: mount it writable, or give the folder to that user."
    return None


def _malformed(paths: Paths) -> str | None:
    """What is wrong with the files of the configuration."""
    contents: dict[Path, Any] = {}
    optional = [paths.checkpoint_config] if paths.checkpoint_config.exists() else []
    for file in (paths.hyperparameters, paths.inputs, paths.resources, *optional):
        try:
            contents[file] = json.loads(file.read_bytes())
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
