"""The processes of this host while they train: they are told to stop, and if they fail or hang, it is found out why."""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from torch.distributed.elastic.multiprocessing.api import PContext, RunProcsResult

from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.sagemaker.training import process
from seriesbox.sagemaker.training.failure import NEEDS_LESS_MEMORY
from seriesbox.sagemaker.training.rendezvous import (
    SECONDS_BETWEEN_LOOKS,
    SECONDS_TO_LISTEN,
    SECONDS_TO_START,
    Rendezvous,
)

SECONDS_TO_SAVE = 110  # after a stop: SageMaker kills 120 s after it asks


def watch(processes: PContext, folder: Path, rendezvous: Rendezvous, stop: threading.Event) -> None:
    """Return when the model is saved. Raises UserError if it will not be, on this host or on another.

    folder: where the processes report.
    """
    result = _wait(processes, folder, rendezvous, stop)
    if _count(folder, process.SAVED) < len(processes.pids()):
        raise UserError(_cause(result, folder, rendezvous))


def _wait(processes: PContext, folder: Path, rendezvous: Rendezvous, stop: threading.Event) -> RunProcsResult:
    """Return how the processes ended. Raises UserError if another host has failed, or if they do not connect."""
    deadline, connected_by = None, time.monotonic() + SECONDS_TO_START
    while not (result := processes.wait(SECONDS_BETWEEN_LOOKS, 0.1)):
        if stop.is_set():
            rendezvous.stop()
        if (rendezvous.is_stopping() or stop.is_set()) and not deadline:
            deadline = time.monotonic() + SECONDS_TO_SAVE
            for pid in processes.pids().values():  # each saves its model
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        if deadline and time.monotonic() > deadline:
            raise UserError(f"The training did not stop within {SECONDS_TO_SAVE} s: no model was saved.")
        if time.monotonic() > connected_by and _count(folder, process.CONNECTED) < len(processes.pids()):
            raise UserError(f"The hosts' processes did not connect to each other within {SECONDS_TO_START} s.")
    return result


def _count(folder: Path, name: str) -> int:
    """Return how many processes have reported this."""
    return len(list(folder.glob(f"{name}-*")))


def _cause(result: RunProcsResult, folder: Path, rendezvous: Rendezvous) -> str:
    """Return why no model was saved."""
    with suppress(FileNotFoundError):
        return (folder / process.CAUSE).read_text()
    if -signal.SIGKILL in {failure.exitcode for failure in result.failures.values()}:
        return f"A process of the training was killed, as Linux does when memory is used up: {NEEDS_LESS_MEMORY}"
    deadline = time.monotonic() + SECONDS_TO_LISTEN
    while time.monotonic() < deadline:  # this host's processes noticed only that another host's are gone
        if rendezvous.is_stopping():
            return STOPPED_BEFORE_TRAINING
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return "Another host ended without a message: its log may say why."
