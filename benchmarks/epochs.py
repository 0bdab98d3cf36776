"""Listeners for benchmarks."""

import time
from collections.abc import Callable

import torch

from seriesbox.listener import Listener, Metrics


class Epochs(Listener):
    """Keeps the metrics and the time of every epoch.

    seconds: of each epoch. The first one's contain what comes before it.
    between: is called after every epoch, and its time is not counted.
    """

    def __init__(self, between: Callable[[], None] = lambda: None) -> None:
        self.metrics: list[Metrics] = []
        self.seconds: list[float] = []
        self.between = between
        self.started = time.perf_counter()

    def epoch(self, epoch: int, metrics: Metrics) -> None:
        """Take the metrics of an epoch that has ended."""
        self.seconds.append(time.perf_counter() - self.started)
        self.metrics.append(metrics)
        self.between()
        self.started = time.perf_counter()


class Steps(Listener):
    """Measures some steps of a training after its first ones, and then wants it to stop.

    seconds: the mean of a step. busy: the share of them in which the GPU computes, if it profiles.
    """

    FIRST = 4  # of which a GPU computes one plainly, and records the next

    def __init__(self, count: int, device: torch.device, profiles: bool = False) -> None:
        self.count, self.device, self.taken = count, device, 0
        self.seconds = self.busy = self.started = self.epoch_ended = 0.0
        self.profiler = torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) if profiles else None

    def step(self, done: float) -> None:
        """Measure from the last of the first steps to the last one, without what lies between two epochs."""
        self.taken += 1
        if done == 1:
            self._wait()
            self.epoch_ended = time.perf_counter()
        if self.taken == self.FIRST:
            self._wait()
            if self.profiler:
                self.profiler.start()
            self.started = time.perf_counter()
        if self.taken == self.FIRST + self.count:
            self._wait()
            elapsed = time.perf_counter() - self.started
            self.seconds = elapsed / self.count
            if self.profiler:
                self.profiler.stop()
                on_gpu = [e for e in self.profiler.key_averages() if e.device_type.name == "CUDA"]
                microseconds = sum(event.self_device_time_total for event in on_gpu)
                self.busy = microseconds / 1e6 / elapsed

    def epoch(self, epoch: int, metrics: Metrics) -> None:
        """Take the time since the last step out of the measurement."""
        self.started += time.perf_counter() - self.epoch_ended

    def are_over(self) -> bool:
        """Return whether all steps are measured."""
        return self.taken >= self.FIRST + self.count

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()
