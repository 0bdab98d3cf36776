"""The measurements of `gpu.py`, on one device: both algorithms as they are used, by `fit` and by predictors."""

import gc
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import plain
from benchmarks.cases import random_walks
from benchmarks.cases.cnn_kmeans import DEFAULT, ECG200
from benchmarks.epochs import Epochs, Steps
from benchmarks.gpu_differences import predict_seconds
from benchmarks.timing import seconds_of
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.gradient_step import GradientStep
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run
from seriesbox.tables.table import Table


def table(rows: int, columns: int) -> Table:
    """Return a table of random walks: along a row if rows are series, else along the columns."""
    return Table.of(random_walks((rows, columns), axis=1 if columns > rows / 1000 else 0))


class Stack(nn.Module):
    """The forecaster as one stack of torch's LSTMs, with their own dropout."""

    def __init__(self, sizes: LSTMADHyperparameters) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, sizes.hidden_size, sizes.num_layers, batch_first=True, dropout=sizes.dropout)
        self.head = nn.Linear(sizes.hidden_size, sizes.prediction_length)

    def forecast(self, context: Tensor) -> Tensor:  # (B, L, 1) -> (B, P, 1)
        states, _ = self.lstm(context)
        return self.head(states[:, -1])[..., None]


class Bench:
    """The benchmark on one device. share: of all sizes; 1 for figures that mean something."""

    def __init__(self, device: torch.device, share: float) -> None:
        self.device, self.share = device, share

    def some(self, count: int, least: int) -> int:
        """Return a share of a number, and at least another one."""
        return max(least, int(count * self.share))

    def step(self, kind: Any, sizes: Any, rows: int, columns: int, steps: int = 25, profiles: bool = False) -> Steps:
        """Return what the steps of a training took."""
        listener = Steps(self.some(steps, 1), self.device, profiles)
        sizes = sizes.model_copy(update={"epochs": 1000, "batch_size": self.some(sizes.batch_size, 2)})
        if kind is CNNKMeans:
            columns = self.some(columns, 20)
        data = table(self.some(rows, 20), columns)
        kind.fit(sizes, [data], [], Run(self.device, listener=listener, stopped=listener.are_over))
        return listener

    def epoch(self, kind: Any, sizes: Any, data: Table) -> float:
        """Return the median seconds of an epoch with its metrics, without the first two."""
        listener = Epochs()
        kind.fit(sizes.model_copy(update={"epochs": self.some(20, 4)}), [data], [], Run(self.device, listener=listener))
        return median(listener.seconds[2:])

    def forecaster_step(self, module: Any, batch: int) -> float:
        """Return the mean seconds of a step of a forecaster of LSTM-AD's default sizes, without the windows' choice."""
        module.to(self.device).train()
        context, target = torch.randn(batch, 100, 1).to(self.device), torch.randn(batch, 10, 1).to(self.device)

        def losses(numbers: Tensor) -> Tensor:
            return (module.forecast(context[numbers]) - target[numbers]).square().mean(dim=(1, 2))

        optimizer = torch.optim.Adam(module.parameters(), fused=True, capturable=self.device.type == "cuda")
        step = GradientStep(module, losses, optimizer, Run(self.device))
        listener = Steps(self.some(100, 1), self.device)
        while not listener.are_over():
            step.take((torch.arange(batch, device=self.device),), batch)
            listener.step(0)
        return listener.seconds

    def rate(self, model: CNNKMeans | LSTMAD, data: Table) -> float:
        """Return the rows that the model predicts in a second, numpy's part included."""
        predictor = model.to(self.device).eval().predictor()
        return len(data.values) / predict_seconds(predictor, data, 3)

    def plain_epoch(self, series: Table) -> float:
        """Return the median seconds of a plain epoch of CNN-KMeans on this device, without metrics."""
        with self.device:
            epoch = plain.cnn_kmeans(torch.tensor(series.values, dtype=torch.float32), ECG200)
            return median(seconds_of(epoch, self.some(5, 1)))

    def peak(self, batch: int) -> float:
        """Return the gigabytes that the GPU has set aside at most, for steps of the defaults on 1,000 time steps."""
        gc.collect()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        self.step(CNNKMeans, DEFAULT.model_copy(update={"batch_size": batch}), 2 * batch, 1000, steps=2)
        return torch.cuda.max_memory_reserved() / 1e9
