"""One of the processes that train together; torch's launcher starts it, see `cluster.py`.

Where one fails, the others would wait for it. So it writes why into the store at which all have met, every process
looks there now and then, and ends for the same reason.
"""

import os
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import torch
import torch.distributed as dist

from seriesbox.errors import UserError
from seriesbox.group import Group
from seriesbox.sagemaker.cluster import SECONDS_TO_START
from seriesbox.sagemaker.job import train
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.reason import reason
from seriesbox.sagemaker.signals import on_signals

CAUSE, HERE = "seriesbox/cause", "seriesbox/here"
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_BE_SEEN = 4 * SECONDS_BETWEEN_LOOKS  # by all, before the store goes with the first host's last process
LONGEST_WAIT = timedelta(hours=2)  # for the others: one fits K-Means while the rest wait


def main() -> NoReturn:
    """Train this process' part, and say in the folder that is given how it went."""
    folder, local = Path(sys.argv[1]), int(os.environ["LOCAL_RANK"])
    stop = threading.Event()
    on_signals(lambda *_: stop.set())
    address = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    wait = timedelta(seconds=SECONDS_TO_START)
    store: Any = dist.TCPStore(*address, is_master=False, timeout=wait)  # type: ignore[attr-defined]
    threading.Thread(target=_watch, args=(store, folder), daemon=True).start()
    try:
        _wait_for_all(store)
        train(Paths(), _group(local), stop)
    except BaseException as error:
        cause = reason(error)
    else:
        (folder / f"saved-{local}").touch()
        _exit(0)
    with suppress(RuntimeError):  # the first host may be gone
        cause = store.compare_set(CAUSE, "", cause).decode()  # that of another process, if it was earlier
        time.sleep(SECONDS_TO_BE_SEEN)
    _fail(folder, cause)


def _group(local: int) -> Group:
    device = "cpu"
    if torch.cuda.is_available():
        torch.cuda.set_device(local)
        device = f"cuda:{local}"
    dist.init_process_group("nccl" if device != "cpu" else "gloo", timeout=LONGEST_WAIT)
    return Group(dist.get_rank(), dist.get_world_size(), device, local, int(os.environ["LOCAL_WORLD_SIZE"]))


def _wait_for_all(store: Any) -> None:
    """Return when every process has come to the store. Raises UserError when one does not in time."""
    deadline, size = time.monotonic() + SECONDS_TO_START, int(os.environ["WORLD_SIZE"])
    store.add(HERE, 1)
    while (here := store.add(HERE, 0)) < size:
        if time.monotonic() > deadline:
            raise UserError(f"Of {size} processes {here} were there within {SECONDS_TO_START} s: has a host failed?")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _watch(store: Any, folder: Path) -> None:
    with suppress(RuntimeError):  # the store is gone: so is its host, and the connection to it
        while not store.check([CAUSE]):
            time.sleep(SECONDS_BETWEEN_LOOKS)
        cause = store.get(CAUSE).decode()
        time.sleep(SECONDS_TO_BE_SEEN)
        _fail(folder, cause)


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
