"""Several processes for one training: one on every host, or on every GPU of every host.

SageMaker starts the same container on each host and says in `resourceconfig.json` who they are; the rest is torch's
launcher, which starts the processes of a host (`worker.py`), lets them meet at the first host by name, and ends them
all when one fails. What the processes of a host have to say comes back in a folder: a note that the model is saved, or
the first reason why not.
"""

import json
import os
import socket
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from seriesbox.errors import UserError
from seriesbox.sagemaker.paths import Paths

PORT = 29400
SECONDS_TO_START = 600  # that one host may be later than another: images are pulled, names come late
SHARDED = "ShardedByS3Key"


class Cluster:
    """Who trains together. Raises UserError where the channels do not go together."""

    def __init__(self, paths: Paths) -> None:
        resources = json.loads(paths.resources.read_bytes())
        self.current: str = resources["current_host"]
        self.hosts: list[str] = sorted(resources["hosts"])
        self.interface = resources.get("network_interface_name")
        self.processes = max(1, torch.cuda.device_count())  # on every host
        channels = json.loads(paths.inputs.read_bytes())
        sharded = {
            name: channels[name].get("S3DistributionType") == SHARDED
            for name in ("training", "validation")
            if name in channels
        }
        self.own_data = len(self.hosts) > 1 and any(sharded.values())  # every host has a part of it
        if self.own_data and not all(sharded.values()):
            raise UserError(
                f"Of the channels training and validation one is divided among the hosts ({SHARDED}) and one is not: "
                "give both in the same way."
            )

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
            config = LaunchConfig(
                min_nodes=len(self.hosts),
                max_nodes=len(self.hosts),
                nproc_per_node=self.processes,
                run_id="seriesbox",
                rdzv_backend="static",
                rdzv_endpoint=f"{self.hosts[0]}:{PORT}",
                rdzv_configs={"rank": self.hosts.index(self.current), "timeout": SECONDS_TO_START},
                max_restarts=0,
                monitor_interval=0.1,
            )
            failure = "The processes ended without saving a model."
            try:
                elastic_launch(config, sys.executable)("-m", "seriesbox.sagemaker.worker", folder)
            except SignalException:
                pass  # passed on to the processes, which then save what they have
            except ChildFailedError as error:
                _, first = error.get_first_failure()
                failure = f"A training process was ended from outside, with code {first.exitcode}."
            except (OSError, RuntimeError) as error:
                failure = f"The hosts could not be brought together within {SECONDS_TO_START} s: {error}"
            cause = Path(folder) / "cause"
            if cause.exists():
                raise UserError(cause.read_text())
            if len(list(Path(folder).glob("saved-*"))) < self.processes:
                raise UserError(failure)

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
