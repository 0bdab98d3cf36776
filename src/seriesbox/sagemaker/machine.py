"""The cores, the memory and the GPU that this process may use. Processes that train on one machine share them."""

import ctypes
import gc
import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def job_started() -> float:
    """Return the time of the first call, in this process or its parent, on the clock of `time.monotonic`."""
    return float(os.environ.setdefault("SERIESBOX_STARTED", str(time.monotonic())))


def usable_cores() -> int:
    """Return the cores of the process' affinity, within its control group's quota; at least one."""
    cores = len(os.sched_getaffinity(0))
    for quota, period in (_quota_v2(), _quota_v1()):
        if quota > 0 and period > 0:
            cores = min(cores, quota // period)
    return max(1, cores // local_world_size())


def has_gpu() -> bool:
    """Return whether NVIDIA's driver is there. Only torch knows whether it can use the GPU."""
    return Path("/dev/nvidiactl").exists()


def memory_limit() -> int:
    """Return the bytes that the control group grants, or the machine's memory."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [_integer(CGROUPS / "memory.max"), _integer(CGROUPS / "memory" / "memory.limit_in_bytes")]
    return min([machine, *(limit for limit in limits if limit > 0)])


def resident_memory() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@cache
def memory_of_others() -> int:
    """Return the bytes that the other processes hold: each what this one, which reads for all, held at the first call.

    Call it first before anything is read.
    """
    return (local_world_size() - 1) * resident_memory()


def release_memory() -> None:
    """Return freed memory to the system, which the C library may keep otherwise."""
    gc.collect()
    with suppress(OSError, AttributeError):  # a C library other than GNU's
        ctypes.CDLL(None).malloc_trim(0)


def local_world_size() -> int:
    """Return the number of processes that train together on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def _quota_v2() -> tuple[int, int]:
    try:
        quota, period = (CGROUPS / "cpu.max").read_text().split()
        return (int(quota), int(period)) if quota != "max" else (0, 0)
    except (OSError, ValueError):
        return 0, 0


def _quota_v1() -> tuple[int, int]:
    return _integer(CGROUPS / "cpu" / "cpu.cfs_quota_us"), _integer(CGROUPS / "cpu" / "cpu.cfs_period_us")


def _integer(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0
