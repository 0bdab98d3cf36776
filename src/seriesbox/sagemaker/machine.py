"""What this process may use of its machine."""

import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def usable_cores() -> int:
    """The cores of its affinity, and no more than its control group's quota."""
    cores = len(os.sched_getaffinity(0))
    for quota, period in (_quota_v2(), _quota_v1()):
        if quota > 0 and period > 0:
            cores = min(cores, max(1, quota // period))
    return cores


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
