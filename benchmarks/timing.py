"""The clock of benchmarks that call the same thing several times."""

import time
from collections.abc import Callable

import torch


def seconds_of(compute: Callable[[], object], repeats: int) -> list[float]:
    """Return the seconds of each of several calls, until a GPU has finished, too."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        compute()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - started)
    return seconds
