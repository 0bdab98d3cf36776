"""What this process may use of its machine, or, where several train together on it, its part of that."""

import ctypes
import gc
import os
import time
from contextlib import suppress
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def job_began() -> float:
    """When, on the clock of `time.monotonic`: at the first call, in this process or in the one that started it."""
    return float(os.environ.setdefault("SERIESBOX_BEGAN", str(time.monotonic())))


def usable_cores() -> int:
    """The cores of its affinity, and no more than its control group's quota; at least one."""
    cores = len(os.sched_getaffinity(0))
    for quota, period in (_quota_v2(), _quota_v1()):
        if quota > 0 and period > 0:
            cores = min(cores, quota // period)
    return max(1, cores // _neighbours())


def has_gpu() -> bool:
    """Whether a driver for NVIDIA's GPUs is there; whether torch can use one, it alone knows."""
    return Path("/dev/nvidiactl").exists()


def memory_limit() -> int:
    """The bytes that its control group grants, or the machine's memory."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [_integer(CGROUPS / "memory.max"), _integer(CGROUPS / "memory" / "memory.limit_in_bytes")]
    return min([machine, *(limit for limit in limits if limit > 0)]) // _neighbours()


def resident() -> int:
    """The bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Return memory that was freed to the system: by itself, the C library may keep it for this process."""
    gc.collect()
    with suppress(OSError, AttributeError):  # a C library other than GNU's
        ctypes.CDLL(None).malloc_trim(0)


def _neighbours() -> int:
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))  # for `sagemaker/worker.py`


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
