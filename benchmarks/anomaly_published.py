"""LSTM-AD beside the published product, on the data that its publication shows: two tables in Markdown.

1. UCR anomaly 179 at the default hyperparameters over several seeds: are the two lowest scores inside the labelled
   anomaly, and how many times lower is the lowest one inside than the lowest one more than 100 rows away?
2. The product's own sample data: agreement of our forecasts and training log with the published ones.

A score is a log-density: low scores are anomalous. Labels only judge: training does not see them.

    .venv/bin/python -m benchmarks.anomaly_published --data FOLDER [--threads 2] [--seeds 10] [--record]
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks import data, figures, options
from benchmarks.anomaly import DISTANCE, fit_and_score, near
from benchmarks.data import Anomaly
from benchmarks.epochs import Epochs
from seriesbox.algorithm import predict
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run

NUMBER = 179
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
    print(f"\nAt {', '.join(f'{name} {value}' for name, value in sizes.to_dict().items())}.")
    by_epoch = {f"epoch_{epoch}": mse for epoch, mse in log.items()}
    return {"train_mse": by_epoch, "valid_mse": valid_mse, "correlation": correlations}


def score_long(problem: Anomaly, seeds: int, epochs: Mapping[str, int]) -> dict[str, Any]:
    """Print the table, and return its figures."""
    anomaly = f"{problem.rows[0]}-{problem.rows[-1]}"
    print(f"| seed, {NUMBER} | two lowest at rows | inside {anomaly} | inside / elsewhere | ratio | seconds |")
    print("|--:|:--|:--|--:|--:|--:|")
    inside, elsewhere, both, ratios = near(problem, 0), ~near(problem, DISTANCE), [], []
    for seed in range(seeds):
        started = time.perf_counter()
        score = -fit_and_score(problem, LSTMADHyperparameters(seed=seed, **epochs))
        seconds = time.perf_counter() - started
        first, second = np.argsort(score)[:2]
        lowest_inside, lowest_elsewhere = score[inside].min(), score[elsewhere].min()
        both.append(bool(inside[first] and inside[second]))
        ratios.append(float(lowest_inside / lowest_elsewhere))
        cells = f"{lowest_inside:.0f} / {lowest_elsewhere:.0f} | {ratios[-1]:.1f} | {seconds:.0f}"
        print(f"| {seed} | {first}, {second} | {'both' if both[-1] else 'no'} | {cells} |", flush=True)
    ratio = {"ratio_median": median(ratios), "ratio_lowest": min(ratios), "ratio_highest": max(ratios)}
    return {"number": NUMBER, "seeds": seeds, "two_lowest_inside": sum(both), **ratio}


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--data", "--threads", "--record")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, help="instead of the published ones")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    epochs = {"epochs": given.epochs} if given.epochs else {}
    samples = data.existing(given.data / "samples" / "lstm-ad")  # before the other table takes its time
    archive = given.data / "ucr_anomaly"
    if NUMBER not in data.anomaly_numbers(archive):
        sys.exit(f"{archive} has no file of series {NUMBER}: benchmarks/data.py says where to get it.")
    record = figures.recorder("anomaly_published", given.record)
    record("long", score_long(data.anomaly(archive, NUMBER), given.seeds, epochs))
    record("sample", compare_sample(samples, epochs))


if __name__ == "__main__":
    main()
