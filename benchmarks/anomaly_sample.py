"""LSTM-AD on the published algorithm's own sample data: the third table of `anomaly.py`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.epochs import Epochs
from seriesbox.algorithm import predict
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run

# Hidden size, number of layers and both lengths follow from the published log and number of parameters. The others are
# those that reproduce the log best: 4 steps an epoch, and windows whose valid_mse is the published one.
SAMPLE = LSTMADHyperparameters(prediction_length=100, sequence_stride=100, hidden_size=64, batch_size=32)
SAMPLE_LOG = {1: 0.2904, 2: 0.2623, 3: 0.2097, 100: 0.0006}  # published train_mse by epoch
SAMPLE_VALID_MSE = 0.2905  # published, epoch 1


def compare_sample(folder: Path, epochs: Mapping[str, int]) -> dict[str, Any]:
    """Print the table, and return its figures."""
    names = ("train.csv", "valid.csv", "test.csv", "batch_predictions.csv")
    train, validation, test, published = (data.table(folder / name) for name in names)
    sizes, listener = SAMPLE.model_copy(update=epochs), Epochs()
    model = LSTMAD.fit(sizes, [train], [validation], Run(listener=listener))
    ours, theirs = predict(model.predictor(), test), published.values  # (N, 1 + D) each
    print("\n| sample data | ours | published |\n|:--|--:|--:|")
    log = {epoch: listener.metrics[epoch - 1]["train_mse"] for epoch in SAMPLE_LOG if epoch <= sizes.epochs}
    for epoch, mse in log.items():
        print(f"| train_mse, epoch {epoch} | {mse:.4f} | {SAMPLE_LOG[epoch]:.4f} |")
    valid_mse = listener.metrics[0]["valid_mse"]
    print(f"| valid_mse, epoch 1 | {valid_mse:.4f} | {SAMPLE_VALID_MSE:.4f} |")
    correlations = {}
    for column, name in enumerate(("score", "forecast_1", "forecast_2")):
        both = np.stack([ours[:, column], theirs[:, column]])
        correlations[name] = float(np.corrcoef(both[:, ~np.isnan(both).any(axis=0)])[0, 1])
        print(f"| {name}, correlation of the two | {correlations[name]:.4f} | |")
    print(f"\nAt {text(sizes)}.")
    by_epoch = {f"epoch_{epoch}": mse for epoch, mse in log.items()}
    return {"train_mse": by_epoch, "valid_mse": valid_mse, "correlation": correlations}


def text(hyperparameters: LSTMADHyperparameters, exclude: set[str] | None = None) -> str:
    """Return hyperparameters as users write them."""
    values = hyperparameters.model_dump(by_alias=True, exclude=exclude)
    return ", ".join(f"{name} {value}" for name, value in values.items())
