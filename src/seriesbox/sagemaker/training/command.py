"""`train`: the console command. It lets SageMaker's own toolkit call `host.run`. Every failure ends with exit code 1
and one sentence in the failure file.

The toolkit sets up logging and writes the success or the failure file. It has holes: it may exit with 0 after an
`OSError` without a number, after `SystemExit`, or when the failure file cannot be written; and if it fails itself, that
file begins with a traceback. So `host.run` raises only the toolkit's `ClientError`, and `main` trusts only the
success file.
"""

import json
import os
import sys
from contextlib import suppress
from typing import NoReturn

from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.extras import require
from seriesbox.sagemaker.command_line import unexpected_arguments
from seriesbox.sagemaker.machine import job_started
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_stop
from seriesbox.sagemaker.training.failure import shortened
from seriesbox.sagemaker.training.log import logger, set_up_logging
from seriesbox.sagemaker.training.preconditions import find_obstacle
from seriesbox.threads import let_threads_sleep

USAGE = """
usage: train

Trains a model on the data in the base folder, which is /opt/ml or what SAGEMAKER_BASE_DIR names:

    input/config/hyperparameters.json   such as {"model": "NAME OF THE ALGORITHM", "epochs": "20"}
    input/config/inputdataconfig.json   such as {"training": {"TrainingInputMode": "File"}}; {} will do
    input/config/resourceconfig.json    such as {"current_host": "algo-1", "hosts": ["algo-1"]}
    input/data/training/                the data: CSV or JSON Lines, one file or more
    input/data/validation/              other data that the model is scored on; may be absent
    input/data/test/                    labelled data, the label in the first column, to judge the model; may be absent
    input/data/model/                   an earlier model to begin with, model.tar.gz or its files; may be absent
    checkpoints/                        the state of the training, if there is such a folder

The model goes to model/, the metrics to output/data/. If the training fails, the exit code is 1 and
output/failure says why.

environment variables:
    SAGEMAKER_BASE_DIR              the base folder
    SERIESBOX_CHECKPOINT_SECONDS    seconds between two checkpoints
    SERIESBOX_SECRET                makes it harder to forge messages between hosts
    OMP_NUM_THREADS                 threads that compute
    GOMP_SPINCOUNT                  turns for which they wait before they sleep; 1000 if OMP_WAIT_POLICY is not given
"""
TOOLKIT_FAILURES = ("Framework Error", "SMTrainingCompiler Error")  # how the toolkit's own failures begin


def main() -> NoReturn:
    """Train, and exit the process."""
    excess = unexpected_arguments("train", USAGE)
    job_started()
    let_threads_sleep()
    set_up_logging()
    paths = Paths()
    had_code = paths.code.exists()

    def stop_early(*_: object) -> NoReturn:
        with suppress(OSError):
            paths.failure.parent.mkdir(parents=True, exist_ok=True)  # it may be too early for it to be there
            paths.failure.write_text(STOPPED_BEFORE_TRAINING)
        os.write(sys.stderr.fileno(), f"{STOPPED_BEFORE_TRAINING}\n".encode())
        _exit(1, paths, had_code)

    # Before anything large is imported: without a handler, the first process of a container ignores the signals.
    on_stop(stop_early)

    obstacle = excess or _find_missing() or find_obstacle(paths, had_code)
    fault = obstacle or _run_toolkit(paths)
    if fault:
        with suppress(OSError):
            paths.failure.write_text(shortened(fault))
        logger.error("%s", fault)
    if obstacle:
        _end_other_hosts(paths, obstacle)
    _exit(0 if paths.success.exists() and not fault else 1, paths, had_code)


def _find_missing() -> str | None:
    """Return a sentence about packages that are not installed."""
    try:
        require("sagemaker", "train")
        require("train", "train")
    except UserError as error:
        return str(error)
    return None


def _run_toolkit(paths: Paths) -> str | None:
    """Let the toolkit run the job. Returns what went wrong if the failure file does not say so."""
    cause: BaseException | None = None
    try:
        from sagemaker_training.cli.train import main as toolkit  # makes the folder for code

        from seriesbox.sagemaker.training import host

        os.environ["SAGEMAKER_TRAINING_MODULE"] = f"{host.__name__}:{host.run.__name__}"
        toolkit()
    except SystemExit as end:  # as it always ends, even while it fails to write the failure file
        cause = end.__context__
    except BaseException as error:
        cause = error
    if cause:
        logger.error("SageMaker's toolkit failed:", exc_info=cause)
    message = paths.failure.read_text() if paths.failure.exists() else ""
    if paths.success.exists() or (message and not message.startswith(TOOLKIT_FAILURES)):
        return None
    *_, last = (message or str(cause)).strip().splitlines() or ("unknown",)
    return f"SageMaker's toolkit failed, the log says where: {last}"


def _end_other_hosts(paths: Paths, obstacle: str) -> None:
    """End the hosts that would wait for this one."""
    with suppress(Exception):  # the configuration itself may be what is wrong
        if len(json.loads(paths.resources.read_bytes())["hosts"]) > 1:
            from seriesbox.sagemaker.training.host import Host

            Host(paths).fail(obstacle)


def _exit(code: int, paths: Paths, had_code: bool) -> NoReturn:
    """End at once: a computation that was left behind when the job was stopped may still go on."""
    if not had_code:
        with suppress(OSError):
            paths.code.rmdir()  # the toolkit made it in the user's tree
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)
