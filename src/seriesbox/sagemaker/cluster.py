"""Several processes for one training: one on every host, or on every GPU of every host.

SageMaker starts the same container on each host and says in `resourceconfig.json` who they are. The first host by name
keeps a store at which all processes meet (`worker.py`); torch's launcher starts those of a host, hands signals on to
them, and ends them all when one fails. What they have to say comes back in a folder: a note that the model is saved, or
the first reason why not.
"""

import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, start_processes

from seriesbox.errors import UserError
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_signals

PORT = 29400
SECONDS_TO_START = 600  # that one host may be later than another: images are pulled, names come late
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
        self._wait_for_name()
        if self.interface in (name for _, name in socket.if_nameindex()):  # SDK v3 names one that does not exist
            os.environ["GLOO_SOCKET_IFNAME"] = os.environ["NCCL_SOCKET_IFNAME"] = str(self.interface)
        with tempfile.TemporaryDirectory() as folder:
            store = self._store()
            processes = start_processes(
                "training",
                sys.executable,
                dict.fromkeys(range(self.processes), ("-m", "seriesbox.sagemaker.worker", folder)),
                {local: self._environment(local) for local in range(self.processes)},
                DefaultLogsSpecs(),
            )
            stop = threading.Event()
            on_signals(lambda *_: stop.set())  # torch's own handler would raise, wherever this process is
            result = None
            try:
                while not stop.is_set() and not result:
                    result = processes.wait(timeout=0.5, period=0.1)
                if stop.is_set():  # they get it too, and save what they have
                    processes.close(signal.SIGTERM, SECONDS_TO_STOP)
            finally:
                processes.close(signal.SIGKILL)
            del store  # not before the last process has ended
            cause = Path(folder) / "cause"
            if cause.exists():
                raise UserError(cause.read_text())
            if len(list(Path(folder).glob("saved-*"))) < self.processes:
                codes = {failure.exitcode for failure in result.failures.values()} if result else set()
                raise UserError(f"The processes ended without saving a model, with exit codes {codes or 'unknown'}.")

    def _store(self) -> Any:
        if self.current != self.hosts[0]:
            return None
        wait = timedelta(seconds=SECONDS_TO_START)
        return dist.TCPStore(self.hosts[0], PORT, is_master=True, wait_for_workers=False, timeout=wait)  # type: ignore[attr-defined]

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

    def _wait_for_name(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                socket.getaddrinfo(self.hosts[0], PORT)
                return
            except OSError as error:
                if time.monotonic() > deadline:
                    raise UserError(f"{self.hosts[0]} is not known within {SECONDS_TO_START} s: {error}") from None
                time.sleep(0.5)
