"""Several hosts on one machine: each has an address of the loopback network for its name, and a tree of its own."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from seriesbox.artifact import load
from seriesbox.network.types import Tensors
from seriesbox.sagemaker.training.process import PREFIX
from seriesbox.tables.table import Cells
from tests.forked import Process
from tests.job import Job

NAMES = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]
# What `train` does, except the port at which hosts meet: tests of other hosts run at the same time.
TRAIN = """
from seriesbox.sagemaker.training import command, host, rendezvous
host.PORT = rendezvous.PORT = {port}
command.main()
"""
# A host with two GPUs would do this.
TWO_PROCESSES = """
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training import host, rendezvous
host.PORT = rendezvous.PORT = {port}
this = host.Host(Paths())
this.gpus = 2
this.launch()
"""
# One of the processes that a host starts.
PROCESS = """
import sys
from seriesbox.sagemaker.training import process
sys.argv[1:] = [{folder!r}]
process.main()
"""

Files = Mapping[str, bytes] | None  # of one channel on one host; None if it has no such folder
MakeHosts = Callable[..., list[Job]]


def make_hosts(
    make_job: Callable[[str], Job],
    hyperparameters: dict[str, str],
    training: Sequence[Files],
    validation: Sequence[Files] = (),
    sharded: bool = False,
) -> list[Job]:
    """Return the jobs of as many hosts as have training data."""
    names = NAMES[: len(training)]
    channels = {"training": training} | ({"validation": validation} if validation else {})
    distribution = "ShardedByS3Key" if sharded else "FullyReplicated"
    jobs = []
    for number, name in enumerate(names):
        job = make_job("host")
        job.set(hyperparameters)
        job.configure("resourceconfig", current_host=name, hosts=names, network_interface_name="not-there")
        job.configure("inputdataconfig", **{channel: {"S3DistributionType": distribution} for channel in channels})
        for channel, files in channels.items():
            if files[number] is not None:
                job.channel(channel).mkdir(parents=True)
            for file, body in (files[number] or {}).items():
                job.put(channel, file, body)
        jobs.append(job)
    return jobs


def start(jobs: Sequence[Job], program: str = TRAIN) -> list[Process]:
    """Start the hosts of one training."""
    return [job.start(program.format(port=jobs[0].port)) for job in jobs]


def start_processes(jobs: Sequence[Job], per_host: int = 1) -> list[Process]:
    """Start the processes of one training as the hosts would, but without these."""
    processes = []
    for rank, (job, local_rank) in enumerate(product(jobs, range(per_host))):
        folder = job.base / f"process-{local_rank}"
        folder.mkdir(exist_ok=True)
        environment = {
            "MASTER_ADDR": NAMES[0],
            "MASTER_PORT": str(jobs[0].port),
            "RANK": str(rank),
            "WORLD_SIZE": str(len(jobs) * per_host),
            "LOCAL_RANK": str(local_rank),
            "LOCAL_WORLD_SIZE": str(per_host),
            PREFIX: "the group",
        }
        processes.append(job.start(PROCESS.format(folder=str(folder)), folder, **environment))
    return processes


def exit_codes(processes: Sequence[Process]) -> list[int]:
    return [process.returncode for process in processes]


def children(process: Process) -> list[int]:
    """Return the processes that it has started."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def tensors(job: Job) -> Tensors:
    return load(job.model).tensors


def assert_alike(job: Job, other: Job) -> None:
    """Fail if the models differ by more than rounding."""
    expected = tensors(other)
    for name, tensor in tensors(job).items():
        np.testing.assert_allclose(tensor, expected[name], rtol=0, atol=1e-5, err_msg=name)


def epochs(job: Job) -> Cells:
    """Return the table of metrics, a row for each epoch."""
    return np.genfromtxt(job.base / "output" / "data" / "metrics.csv", delimiter=",", skip_header=1)
