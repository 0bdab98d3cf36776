"""The differences of a device from float64 and from the CPU, as shares of the largest number: a part of `gpu.py`."""

from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.cases.cnn_kmeans import ECG200
from benchmarks.timing import seconds_of
from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.fixed_encoding import encode_fixed
from seriesbox.cnn_kmeans.ragged_encoding import encode_ragged
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_losses
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.network.gpu import tf32
from seriesbox.network.torch_network import arrays
from seriesbox.protocols import Estimator, Predictor
from seriesbox.run import Run
from seriesbox.tables.table import Table


def measure(device: torch.device) -> dict[str, float]:
    """Return every difference by its name."""
    return _of_a_step(device) | _of_a_model(device)


def _of_a_step(device: torch.device) -> dict[str, float]:
    """Return those of the features and the gradient of one step in fixed shapes from ragged ones in float64."""
    torch.manual_seed(0)
    encoder = Encoder(*ECG200.encoder_sizes)
    series = torch.randn(200, 1, 96).cumsum(2)
    drawn = sample_triplets(torch.arange(64), torch.full((200,), 96), 10)

    def step(encoder: Encoder, series: Tensor, encode: Any) -> tuple[Tensor, Tensor]:
        flat = Subsequences(*(each.flatten().to(series.device) for each in drawn))
        features = encode(encoder, series, flat)
        loss = triplet_losses(features.unflatten(0, drawn.row.shape)).mean()
        gradients = torch.autograd.grad(loss, list(encoder.parameters()))
        return features.detach().cpu().double(), torch.cat([each.flatten() for each in gradients]).cpu().double()

    exact = step(encoder.double(), series.double(), encode_ragged)
    encoder.float()
    found = {"CPU, ragged shapes, float32": step(encoder, series, encode_ragged)}
    encoder.to(device)
    for name, precision in (("float32", nullcontext()), ("TF32", tf32())):
        with precision:
            on_device = step(encoder, series.to(device), partial(encode_fixed, steps_at_once=10**6))
        found[f"{device.type}, fixed shapes, {name}"] = on_device
    return {
        f"{what} of a step from float64, {name}": float((mine - true).abs().max() / true.abs().max())
        for name, values in found.items()
        for what, mine, true in zip(("features", "gradient"), values, exact, strict=True)
    }


def _of_a_model(device: torch.device) -> dict[str, float]:
    """Return those of the answers of a model trained on the device, there and on the CPU."""
    random = np.random.default_rng(0)
    series = Table.of(np.sin(np.arange(96) * random.uniform(0.1, 1, (300, 1))) + random.normal(0, 0.1, (300, 96)))
    trace = Table.of(np.sin(np.arange(4000) / 9)[:, None] + random.normal(0, 0.05, (4000, 1)))
    problems: list[tuple[Any, Any, Table]] = [
        (CNNKMeans, ECG200.model_copy(update={"epochs": 5}), series),
        (LSTMAD, LSTMADHyperparameters(epochs=3), trace),
    ]
    differences = {}
    for kind, sizes, table in problems:
        model = kind.fit(sizes, [table], [], Run(device))
        there = _answers(model, table)
        here = _answers(model.to(torch.device("cpu")), table)
        spread = np.nanmax(there[:, 1:]) - np.nanmin(there[:, 1:])
        first = there[:, 0], here[:, 0]
        name = f"of a trained {kind.__name__}, on the CPU from {device.type}"
        if kind is CNNKMeans:
            differences[f"labels {name}"] = float(np.mean(first[0] != first[1]))
        else:
            spread_of_scores = np.nanmax(first[0]) - np.nanmin(first[0])
            differences[f"scores {name}"] = float(np.nanmax(np.abs(first[0] - first[1])) / spread_of_scores)
        differences[f"outputs {name}"] = float(np.nanmax(np.abs(there[:, 1:] - here[:, 1:])) / spread)
    return differences


def _answers(model: Estimator, table: Table) -> Any:
    return predict(model.predictor(), Table.of(table.values.copy()))


def onnx_seconds(model: Estimator, table: Table) -> float | None:
    """Return the seconds of a prediction by onnxruntime on the CPU with one thread; None if it is not installed."""
    try:
        from seriesbox.network.onnx_session import Session
    except ImportError:
        return None
    predictor = model.to(torch.device("cpu")).eval().predictor()
    predictor.network = Session(predictor.graph(model.hyperparameters, arrays(model.state_dict())), threads=1)
    return predict_seconds(predictor, table, 10)


def predict_seconds(predictor: Predictor, table: Table, repeats: int) -> float:
    """Return the least seconds of a prediction of all rows, numpy's part included."""
    return min(seconds_of(lambda: list(predictor.predict(table)), repeats))
