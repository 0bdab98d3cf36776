"""Small problems for both algorithms, whose last batch of an epoch is smaller than the others."""

from typing import Any

import numpy as np
import pytest
import torch

from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.listener import Listener
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run
from seriesbox.tables.table import Table

GPU = torch.device("cuda")
CPU = torch.device("cpu")
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU that it can use")
each_algorithm = pytest.mark.parametrize("algorithm", [CNNKMeans, LSTMAD])


def sizes(algorithm, **changes: Any):
    if algorithm is CNNKMeans:
        given: Any = {"clusters": 2, "blocks": 2, "filters": 16, "reduced_size": 24, "output_size": 10}
        return CNNKMeansHyperparameters(**given | {"batch_size": 16, "epochs": 4, "lr": 0.01} | changes)
    given = {"context_length": 20, "prediction_length": 5, "sequence_stride": 3, "hidden_size": 16}
    return LSTMADHyperparameters(**given | {"batch_size": 64, "epochs": 4, "lr": 0.01} | changes)


def table(algorithm) -> Table:
    random = np.random.default_rng(0)
    if algorithm is LSTMAD:
        return Table.of(np.sin(np.arange(1500) / 5)[:, None] + random.normal(0, 0.05, (1500, 2)))
    fast = np.where(np.arange(90) % 2, 1.5, 0.4)[:, None]
    values = np.sin(random.uniform(0, 6, (90, 1)) + np.arange(60) * fast) + random.normal(0, 0.1, (90, 60))
    values[::3, 45:] = np.nan
    return Table.of(values)


def fit(algorithm, device=GPU, listener=None, store=None, stopped=lambda: False, **changes: Any):
    """Return a model. Its validation data is its training data."""
    run = Run(device, listener=listener or Listener(), store=store, stopped=stopped)
    return algorithm.fit(sizes(algorithm, **changes), [table(algorithm)], [table(algorithm)], run)


def predictions(predictor, algorithm) -> np.ndarray:
    return predict(predictor, table(algorithm))


def assert_same(model, other) -> None:
    """Fail if two models differ in one bit."""
    expected = other.state_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, expected[name]), name
