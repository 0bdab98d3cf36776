"""One of the processes that train together; `host.py` starts it, and ends it if another one has failed."""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_stop
from seriesbox.sagemaker.training.log import logger, set_up_logging

if TYPE_CHECKING:
    from seriesbox.distributed import Group

SECONDS_TO_WAIT = 7200  # for the other processes: one fits K-Means while the rest wait
PR_SET_PDEATHSIG = 1
PREFIX = "SERIESBOX_PREFIX"  # of what the group leaves in the store, where a stranger would look for torch's names
CONNECTED, SAVED, CAUSE = "connected", "saved", "cause"  # names of the files that report to the host


def main() -> NoReturn:
    """Do this process' part of the training, and report the outcome in the folder given as argument."""
    folder, local_rank = Path(sys.argv[1]), int(os.environ["LOCAL_RANK"])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no process outlives the one that started it
    on_stop(lambda *_: _fail(folder, STOPPED_BEFORE_TRAINING))  # before anything large is imported
    set_up_logging()
    from seriesbox.sagemaker.training.failure import failure_text
    from seriesbox.sagemaker.training.job import train

    try:
        group = _join_group(local_rank)
        group.barrier()
        (folder / f"{CONNECTED}-{local_rank}").touch()
        train(Paths(), group)
    except BaseException as error:
        if _is_caused_by_another(error):
            logger.error("%s", error)
            _exit(1)
        _fail(folder, failure_text(error))
    (folder / f"{SAVED}-{local_rank}").touch()
    _exit(0)


def _join_group(local_rank: int) -> "Group":
    from datetime import timedelta

    import torch
    import torch.distributed as dist
    from torch.distributed.distributed_c10d import PrefixStore
    from torch.distributed.rendezvous import rendezvous

    from seriesbox.distributed import Group
    from seriesbox.host_group import HostGroup

    device = "cpu"
    if torch.cuda.is_available():
        torch.cuda.set_device(local_rank)
        device = f"cuda:{local_rank}"
    timeout = timedelta(seconds=SECONDS_TO_WAIT)
    store, rank, world_size = next(rendezvous("env://", timeout=timeout))
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if device != "cpu" else "gloo",
        timeout=timeout,
        store=PrefixStore(os.environ[PREFIX], store),
        rank=rank,
        world_size=world_size,
    )
    local_world_size = int(os.environ["LOCAL_WORLD_SIZE"])
    host = HostGroup.join(local_world_size)
    return Group(dist.get_rank(), dist.get_world_size(), device, local_rank, local_world_size, host)


def _is_caused_by_another(error: BaseException) -> bool:
    """Return whether the error only says that another process has ended, which reports the reason itself."""
    import torch.distributed as dist

    # The errors of gloo have no type of their own.
    return isinstance(error, dist.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error))


def _fail(folder: Path, cause: str) -> NoReturn:
    """End, and report this cause unless another process of this host has reported one before."""
    with suppress(FileExistsError), (folder / CAUSE).open("x") as file:
        file.write(cause)
    _exit(1)


def _exit(code: int) -> NoReturn:
    """End at once, whatever other threads do."""
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
