"""One of the processes that train together; `cluster.py` starts it, and ends it where another one has failed."""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from seriesbox.errors import STOPPED_EARLY
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.signals import on_signals

if TYPE_CHECKING:
    from seriesbox.group import Group

SECONDS_TO_WAIT = 7200  # for the other processes: one fits K-Means while the rest wait
PR_SET_PDEATHSIG = 1


def main() -> NoReturn:
    """Train this process' part, and say in the folder that is given how it went."""
    folder, local = Path(sys.argv[1]), int(os.environ["LOCAL_RANK"])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no process goes on without the one that started it
    on_signals(lambda *_: _fail(folder, STOPPED_EARLY))  # before anything large is imported; `train` takes it over
    from seriesbox.sagemaker.job import train
    from seriesbox.sagemaker.reason import reason

    try:
        train(Paths(), _group(local))
    except BaseException as error:
        if _others_gone(error):
            print(error, file=sys.stderr)
            _exit(1)
        _fail(folder, reason(error))
    (folder / f"saved-{local}").touch()
    _exit(0)


def _group(local: int) -> "Group":
    from datetime import timedelta

    import torch
    import torch.distributed as dist

    from seriesbox.group import Group

    device = "cpu"
    if torch.cuda.is_available():
        torch.cuda.set_device(local)
        device = f"cuda:{local}"
    dist.init_process_group("nccl" if device != "cpu" else "gloo", timeout=timedelta(seconds=SECONDS_TO_WAIT))
    return Group(dist.get_rank(), dist.get_world_size(), device, local, int(os.environ["LOCAL_WORLD_SIZE"]))


def _others_gone(error: BaseException) -> bool:
    """Whether it only says that another process has ended, which knows why; gloo's errors have no type of their own."""
    import torch.distributed as dist

    return isinstance(error, dist.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error))


def _fail(folder: Path, cause: str) -> NoReturn:
    """End for this reason, or for the one that another process of this host has named before."""
    with suppress(FileExistsError), (folder / "cause").open("x") as file:
        file.write(cause)
    _exit(1)


def _exit(code: int) -> NoReturn:
    """End at once, whatever other threads are in."""
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
