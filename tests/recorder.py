"""A listener for tests."""

from collections.abc import Callable, Sequence

from seriesbox.run import Listener, Metrics


class Recorder(Listener):
    """Keeps all that a training reports.

    history: the metrics of every epoch, those before an interruption included.
    of_model: the metrics of the epoch that the model is of.
    on_epoch: is called at the end of every epoch.
    """

    def __init__(self, on_epoch: Callable[[], object] = lambda: None) -> None:
        self.history: list[Metrics] = []
        self.of_model: Metrics = {}
        self.on_epoch = on_epoch

    @property
    def epochs(self) -> list[float]:
        return [metrics["epoch"] for metrics in self.history]

    def resumed(self, history: Sequence[Metrics]) -> None:
        self.history = list(history)

    def epoch(self, epoch: int, metrics: Metrics) -> None:
        self.history.append({"epoch": epoch, **metrics})
        self.on_epoch()

    def ended(self, metrics: Metrics) -> None:
        self.of_model = metrics
