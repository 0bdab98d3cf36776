"""A listener for benchmarks."""

import time
from collections.abc import Callable

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
