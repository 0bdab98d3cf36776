"""LSTM-AD: a stacked LSTM forecasts, a Gaussian on its errors says how normal the next steps are.

Malhotra et al. 2015 (see `gaussian.py`).

Shapes: B windows, L context steps, P predicted steps, S of them from a forecast to the next, D columns, E errors.
"""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.channel import Channel
from seriesbox.errors import DataError
from seriesbox.listener import Listener
from seriesbox.lstm_ad.channel import WindowChannel
from seriesbox.lstm_ad.forecaster import Forecaster
from seriesbox.lstm_ad.gaussian import Gaussian, rough
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.judgement import TEST_METRICS, judge
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.lstm_ad.threshold import held_out_threshold
from seriesbox.network.torch_network import Buffers, TorchNetwork, arrays, as_array
from seriesbox.run import Run
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table
from seriesbox.training import optimize

QUICK_WINDOWS = 2000  # at most, to which the Gaussian is fitted if training is stopped


class LSTMAD(nn.Module):
    """Scores every row of one or several columns by how well it was forecast."""

    channel_class: ClassVar[type[Channel]] = WindowChannel
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_mse": "Minimize",
        "train_mae": "Minimize",
        "valid_mse": "Minimize",
        "valid_mae": "Minimize",
    }
    test_metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = dict.fromkeys(TEST_METRICS, "Maximize")

    def __init__(self, hyperparameters: LSTMADHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = sizes = hyperparameters
        self.columns = columns
        self.scaler = Buffers(shift=torch.zeros(columns).double(), scale=torch.ones(columns).double())
        self.forecaster = Forecaster(
            columns, sizes.prediction_length, sizes.hidden_size, sizes.num_layers, sizes.dropout
        )
        errors = sizes.forecasts * columns
        self.threshold: Tensor
        self.register_buffer("threshold", torch.zeros(()).double())
        self.gaussian = Buffers(mean=torch.zeros(errors).double(), cholesky=torch.eye(errors).double())

    @classmethod
    def fit(
        cls,
        hyperparameters: LSTMADHyperparameters,
        training: Sequence[Table],
        validation: Sequence[Table],
        run: Run,
        warm_start: Self | None = None,
    ) -> Self:
        """Fit on normal data, one table per file; no window spans two files. `validation` is only scored.

        The forecaster learns from the first four fifths of every file, and the Gaussian from its errors on the rest.
        Training starts from the forecaster and the scaler of a `warm_start`. The memory of a `TableStack` becomes the
        training data; other sequences of tables are copied first.

        Raises DataError if too many cells are missing, a file is too short, or files differ in their columns.
        """
        run.seed(hyperparameters.seed)
        train, valid = WindowChannel.open(hyperparameters, training, validation, run)
        if warm_start and warm_start.columns != train.columns:
            raise DataError(
                f"The training data has rows of {train.columns} cells, but the earlier model knows "
                f"{warm_start.columns}: a training that continues needs the same columns."
            )

        hyperparameters.check_stride(train.columns)
        model = cls(hyperparameters, train.columns)
        scaler = warm_start.predictor().scaler if warm_start else train.fit_scaler()
        model.scaler.set(**scaler._asdict())
        if warm_start:
            model.forecaster.load_state_dict(warm_start.forecaster.state_dict())
        model.to(run.device)
        for channel in filter(None, (train, valid)):
            channel.prepare(scaler)

        losses = partial(model.losses, train)
        optimize(model.forecaster, train, losses, lambda _: model.evaluate(train, valid, run), hyperparameters, run)
        shard, few = train.held_out_shard, max(1, QUICK_WINDOWS // hyperparameters.forecasts)
        quick = shard.held_at_stride(shard.stride_for(few))
        held_out_errors = partial(train.held_out_errors, model.forecaster)
        errors = run.or_quickly(held_out_errors, partial(held_out_errors, quick))
        complete = errors if train.missing is None else errors[~np.isnan(errors).any(axis=1)]
        if hyperparameters.forecasts > 1 and (warning := rough(complete, run.group.all_reduce)):
            run.listener.warn(warning)
        gaussian = Gaussian.fit(complete, run.group.all_reduce)
        model.gaussian.set(**gaussian._asdict())
        model.threshold.fill_(held_out_threshold(gaussian, errors, hyperparameters, run))
        return model.eval()

    def losses(self, channel: WindowChannel, numbers: Tensor) -> Tensor:
        """Return the mean squared error of every forecast in the windows of these numbers, (B,) -> (B,).

        The errors of missing cells count as none.
        """
        sizes = self.hyperparameters
        errors = self.forecaster.errors(channel.windows[numbers], sizes.context_length, sizes.prediction_length)
        return channel.windows.marked(errors, numbers, 0).square().mean(dim=(1, 2))

    def evaluate(self, train: WindowChannel, valid: WindowChannel | None, run: Run) -> dict[str, float]:
        """Return the metrics of an epoch. Raises StoppedError."""
        metrics = self.mean_errors(train, run, "train")
        if valid:
            metrics |= self.mean_errors(valid, run, "valid")
        return metrics

    def mean_errors(self, channel: WindowChannel, run: Run, prefix: str) -> dict[str, float]:
        """Return the mean squared and the mean absolute error of the channel's windows. Raises StoppedError."""

        def sums() -> NDArray[np.float64]:
            total, count = torch.zeros(2, dtype=torch.float64, device=run.device), 0
            for errors in channel.errors(self.forecaster, channel.windows, self.hyperparameters.prediction_length):
                known = errors if channel.missing is None else errors[~errors.isnan()]
                total += torch.stack([each.sum(dtype=torch.float64) for each in (known.square(), known.abs())])
                count += known.numel()
            return np.append(as_array(total), count)

        squared, absolute, count = run.all_reduce(sums)
        count = count or np.nan  # of a channel whose every target is missing
        return {f"{prefix}_mse": float(squared / count), f"{prefix}_mae": float(absolute / count)}

    def judge(self, test: Sequence[Labelled], listener: Listener) -> dict[str, float]:
        """Take over the threshold that labelled recordings choose, and return the metrics on them."""
        threshold, metrics = judge(self.predictor(), test, listener)
        self.threshold.fill_(threshold)
        return metrics

    def predictor(self) -> LSTMADPredictor:
        """Return its predictor, whose network torch computes on the device of this model."""
        network = TorchNetwork(self.forecaster)
        return LSTMADPredictor(self.hyperparameters, self.columns, arrays(self.state_dict()), network)
