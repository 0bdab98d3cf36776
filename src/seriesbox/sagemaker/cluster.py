"""Several processes for one training: one on every host, or on every GPU of every host.

SageMaker starts the same container on each host and says in `resourceconfig.json` who they are. The hosts meet
(`meeting.py`), each starts its processes (`worker.py`) by torch's launcher and watches over them: it hands signals on,
and where one process fails, all end, on all hosts. What the processes have to say comes back in a folder: a note that
the model is saved, or the reason why not.
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
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, start_processes
from torch.distributed.elastic.multiprocessing.api import PContext, RunProcsResult

from seriesbox.errors import STOPPED_EARLY, UserError
from seriesbox.sagemaker.meeting import PORT, SECONDS_BETWEEN_LOOKS, SECONDS_TO_BE_HEARD, Meeting
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.reason import LESS
from seriesbox.sagemaker.signals import on_signals

SECONDS_TO_STOP = 110  # SageMaker kills 120 s after it asks to stop


class Cluster:
    """Who trains together."""

    def __init__(self, paths: Paths) -> None:
        resources = json.loads(paths.resources.read_bytes())
        self.current: str = resources["current_host"]
        self.hosts: list[str] = sorted(resources["hosts"])
        self.interface = resources.get("network_interface_name")
        self.processes = max(1, torch.cuda.device_count())  # on every host

    @property
    def size(self) -> int:
        """Processes in all."""
        return len(self.hosts) * self.processes

    def launch(self) -> None:
        """Start the processes of this host; return when the model is saved. Raises UserError when it will not be."""
        stop = threading.Event()
        on_signals(lambda *_: stop.set())
        if self.interface in (name for _, name in socket.if_nameindex()):  # SDK v3 names one that does not exist
            os.environ["GLOO_SOCKET_IFNAME"] = os.environ["NCCL_SOCKET_IFNAME"] = str(self.interface)
        with Meeting(self.hosts, self.current, stop.is_set) as meeting, tempfile.TemporaryDirectory() as folder:
            meeting.wait_for_all()
            processes = start_processes(
                "training",
                sys.executable,
                dict.fromkeys(range(self.processes), ("-m", "seriesbox.sagemaker.worker", folder)),
                {local: self._environment(local) for local in range(self.processes)},
                DefaultLogsSpecs(log_dir=folder),
            )
            on_signals(lambda *_: stop.set())  # torch's own handler would raise, wherever this process is
            try:
                result = _watched(processes, meeting, stop)
            finally:
                processes.close(signal.SIGKILL)
            if len(list(Path(folder).glob("saved-*"))) < self.processes:
                raise UserError(_cause(result, Path(folder), meeting))

    def fail(self, cause: str) -> None:
        """Tell the other hosts that this one does not come, and why."""
        with suppress(UserError), Meeting(self.hosts, self.current):
            raise UserError(cause)

    def _environment(self, local: int) -> dict[str, str]:
        """What torch.distributed wants to find."""
        return {
            "MASTER_ADDR": self.hosts[0],
            "MASTER_PORT": str(PORT),
            "TORCHELASTIC_USE_AGENT_STORE": "True",  # the store is ours, not the first process'
            "RANK": str(self.hosts.index(self.current) * self.processes + local),
            "WORLD_SIZE": str(self.size),
            "LOCAL_RANK": str(local),
            "LOCAL_WORLD_SIZE": str(self.processes),
        }


def _watched(processes: PContext, meeting: Meeting, stop: threading.Event) -> RunProcsResult:
    """What becomes of them. Raises UserError where another host has failed."""
    deadline = None
    while not (result := processes.wait(SECONDS_BETWEEN_LOOKS, 0.1)):
        if stop.is_set():
            meeting.stop()
        if meeting.listen() and not deadline:
            deadline = time.monotonic() + SECONDS_TO_STOP
            for pid in processes.pids().values():  # they save what they have
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        if deadline and time.monotonic() > deadline:
            raise UserError(f"The training did not stop within {SECONDS_TO_STOP} s: no model was saved.")
    return result


def _cause(result: RunProcsResult, folder: Path, meeting: Meeting) -> str:
    """Why no model was saved."""
    with suppress(FileNotFoundError):
        return (folder / "cause").read_text()
    if -signal.SIGKILL in {failure.exitcode for failure in result.failures.values()}:
        return f"A process of the training was killed, as Linux does where memory ends: {LESS}"
    deadline = time.monotonic() + SECONDS_TO_BE_HEARD
    while time.monotonic() < deadline:  # what this host's processes noticed is that another host's are gone
        if meeting.listen():
            return STOPPED_EARLY
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return "Another host ended without a word: its log may say why."
