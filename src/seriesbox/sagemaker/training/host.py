"""This host's part in a job: one process that trains or, with several hosts or GPUs, one process per GPU or host.

SageMaker starts the same container on each host and says in `resourceconfig.json` who they are. The hosts meet
(`rendezvous.py`), each starts its processes (`process.py`) by torch's launcher and watches them: it passes signals on,
and if one process fails, all end, on all hosts. Each process reports in a folder that the model is saved, or why not.
"""

import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import torch
from sagemaker_training.errors import ClientError
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, start_processes
from torch.distributed.elastic.multiprocessing.api import PContext, RunProcsResult

from seriesbox.distributed import Group
from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_stop
from seriesbox.sagemaker.training import process
from seriesbox.sagemaker.training.failure import NEEDS_LESS_MEMORY, failure_text
from seriesbox.sagemaker.training.host_settings import HostSettings
from seriesbox.sagemaker.training.job import train
from seriesbox.sagemaker.training.log import set_up_logging
from seriesbox.sagemaker.training.rendezvous import (
    PORT,
    SECONDS_BETWEEN_LOOKS,
    SECONDS_TO_LISTEN,
    SECONDS_TO_START,
    Rendezvous,
)

SECONDS_TO_SAVE = 110  # after a stop: SageMaker kills 120 s after it asks


def run() -> None:
    """Do the part of this host in the job that the `/opt/ml` tree describes. Raises only ClientError."""
    paths = Paths()
    set_up_logging()
    try:
        host = Host(paths)
        if host.world_size == 1:
            train(paths, Group())
        else:
            host.launch()
    except BaseException as error:
        raise ClientError(failure_text(error)) from None


class Host:
    """This host among those that train together."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        resources = json.loads(paths.resources.read_bytes())
        self.name: str = resources["current_host"]
        self.hosts: list[str] = sorted(resources["hosts"])
        self.interface = resources.get("network_interface_name")
        self.gpus = torch.cuda.device_count()

    @property
    def processes(self) -> int:
        """The number of processes of this host, and of every other."""
        return max(1, self.gpus)

    @property
    def world_size(self) -> int:
        """The number of processes of all hosts."""
        return len(self.hosts) * self.processes

    def launch(self) -> None:
        """Run the processes of this host; return when the model is saved. Raises UserError if it will not be."""
        stop = threading.Event()
        on_stop(lambda *_: stop.set())
        if self.interface in (name for _, name in socket.if_nameindex()):  # SDK v3 may name one that does not exist
            os.environ["GLOO_SOCKET_IFNAME"] = os.environ["NCCL_SOCKET_IFNAME"] = str(self.interface)
        with Rendezvous(self.hosts, self.name, stop.is_set) as rendezvous, tempfile.TemporaryDirectory() as folder:
            rendezvous.meet(HostSettings.read(self.paths, self.gpus))
            processes = start_processes(
                "training",
                sys.executable,
                dict.fromkeys(range(self.processes), ("-m", process.__name__, folder)),
                {local_rank: self._environment(local_rank, rendezvous.meeting) for local_rank in range(self.processes)},
                DefaultLogsSpecs(log_dir=folder),
            )
            on_stop(lambda *_: stop.set())  # torch's own handler would raise, wherever this process is
            try:
                result = _watch(processes, Path(folder), rendezvous, stop)
            finally:
                processes.close(signal.SIGKILL)
            if _count(Path(folder), process.SAVED) < self.processes:
                raise UserError(_cause(result, Path(folder), rendezvous))

    def fail(self, cause: str) -> None:
        """Inform the other hosts that this one cannot train, and why."""
        with suppress(UserError), Rendezvous(self.hosts, self.name):
            raise UserError(cause)

    def _environment(self, local_rank: int, prefix: str) -> dict[str, str]:
        """Return the variables that torch.distributed reads."""
        return {
            "MASTER_ADDR": self.hosts[0],
            "MASTER_PORT": str(PORT),
            "TORCHELASTIC_USE_AGENT_STORE": "True",  # the store is ours, not that of rank 0
            process.PREFIX: prefix,
            "RANK": str(self.hosts.index(self.name) * self.processes + local_rank),
            "WORLD_SIZE": str(self.world_size),
            "LOCAL_RANK": str(local_rank),
            "LOCAL_WORLD_SIZE": str(self.processes),
        }


def _watch(processes: PContext, folder: Path, rendezvous: Rendezvous, stop: threading.Event) -> RunProcsResult:
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
