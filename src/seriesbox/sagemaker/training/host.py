"""This host's part in a job: one process that trains or, with several hosts or GPUs, one process per GPU or host.

SageMaker starts the same container on each host and says in `resourceconfig.json` who they are. The hosts meet
(`rendezvous.py`), each starts its processes (`process.py`) by torch's launcher and watches them (`watch.py`): it passes
signals on, and if one process fails, all end, on all hosts. Each process reports in a folder that the model is saved,
or why not.
"""

import json
import os
import signal
import socket
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import torch
from sagemaker_training.errors import ClientError
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, start_processes

from seriesbox.distributed import Group
from seriesbox.errors import UserError
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_stop
from seriesbox.sagemaker.training import process
from seriesbox.sagemaker.training.failure import failure_text
from seriesbox.sagemaker.training.host_settings import HostSettings
from seriesbox.sagemaker.training.job import train
from seriesbox.sagemaker.training.log import set_up_logging
from seriesbox.sagemaker.training.rendezvous import PORT, Rendezvous
from seriesbox.sagemaker.training.watch import watch


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
                watch(processes, Path(folder), rendezvous, stop)
            finally:
                processes.close(signal.SIGKILL)

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
