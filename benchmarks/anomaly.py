"""How well LSTM-AD finds anomalies: three tables in Markdown.

1. UCR anomaly 179 at the default hyperparameters over several seeds: are the two lowest scores inside the labelled
   anomaly, and how many times lower is the lowest one inside than the lowest one more than 100 rows away?
2. Eight shorter series of that archive, one rule for all: is the lowest score at most 100 rows from the anomaly?
3. The published algorithm's own sample data: agreement of our forecasts and training log with the published ones.

A score is a log-density: the lower, the more anomalous. Labels only judge: `fit` never sees them. Where the data comes
from is said in `data.py`.

    .venv/bin/python -m benchmarks.anomaly --data FOLDER [--threads 2] [--seeds 10]
"""

import math
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import data
from benchmarks.data import Anomaly
from seriesbox.algorithm import predict
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.training import Run

LONG = 179
REACH = 100  # rows beside the anomaly whose scores still belong to it
SHORT_SEEDS = 3
SHORT = LSTMADHyperparameters(prediction_length=1, sequence_stride=2, dropout=0.2, batch_size=16)
SHORT_STEPS = 3000  # gradient steps at least, which set the epochs
# The published log and number of parameters say hidden-size, num-layers and both lengths; the rest is what follows the
# log best: 4 gradient steps an epoch, and windows whose valid_mse is the published one.
SAMPLE = LSTMADHyperparameters(prediction_length=100, sequence_stride=100, hidden_size=64, batch_size=32)
SAMPLE_LOG = {1: 0.2904, 2: 0.2623, 3: 0.2097, 100: 0.0006}  # published train_mse by epoch
SAMPLE_VALID_MSE = 0.2905  # published, epoch 1


def scores(problem: Anomaly, hyperparameters: LSTMADHyperparameters) -> NDArray[np.float32]:  # (N of test,)
    """Normality of every test row; infinite where there is no score."""
    model = LSTMAD.fit(hyperparameters, [problem.train], [], Run())
    score = predict(model.predictor(), problem.test)[:, 0]
    return np.nan_to_num(score, nan=math.inf, neginf=-math.inf)


def near(problem: Anomaly, reach: int) -> NDArray[np.bool_]:  # (N of test,)
    """Which test rows lie in the anomaly or at most `reach` rows beside it."""
    row = np.arange(len(problem.test.values))
    return (row >= problem.rows.start - reach) & (row < problem.rows.stop + reach)


def for_short(rows: int) -> LSTMADHyperparameters:
    """The one rule for series of a few thousand training rows: SHORT, with epochs enough for SHORT_STEPS."""
    windows = (rows * 4 // 5 - SHORT.context_length - SHORT.prediction_length) // SHORT.sequence_stride + 1
    steps_per_epoch = math.ceil(windows / SHORT.batch_size)
    return SHORT.model_copy(update={"epochs": math.ceil(SHORT_STEPS / steps_per_epoch)})


def long_series(problem: Anomaly, seeds: int) -> None:
    """Table 1."""
    print(f"\n| seed, {LONG} | two lowest at rows | inside {span(problem)} | inside / elsewhere | ratio | seconds |")
    print("|--:|:--|:--|--:|--:|--:|")
    inside, outside = near(problem, 0), ~near(problem, REACH)
    for seed in range(seeds):
        begin = time.perf_counter()
        score = scores(problem, LSTMADHyperparameters(seed=seed))
        seconds = time.perf_counter() - begin
        first, second = np.argsort(score)[:2]
        low, elsewhere = score[inside].min(), score[outside].min()
        found = "both" if inside[first] and inside[second] else "no"
        ratio = f"{low:.0f} / {elsewhere:.0f} | {low / elsewhere:.1f}"
        print(f"| {seed} | {first}, {second} | {found} | {ratio} | {seconds:.0f} |", flush=True)


def short_series(problems: Mapping[int, Anomaly]) -> None:
    """Table 2."""
    print(f"\n| series | training rows | epochs | anomaly | lowest score at row, seeds 0-{SHORT_SEEDS - 1} | hits |")
    print("|:--|--:|--:|:--|:--|--:|")
    total = 0
    for number, problem in problems.items():
        rows = len(problem.train.values)
        hyperparameters = for_short(rows)
        seeded = [hyperparameters.model_copy(update={"seed": seed}) for seed in range(SHORT_SEEDS)]
        lowest = [int(scores(problem, one).argmin()) for one in seeded]
        hits = int(near(problem, REACH)[lowest].sum())
        total += hits
        title = f"{number} {problem.name} | {rows} | {hyperparameters.epochs} | {span(problem)}"
        print(f"| {title} | {', '.join(map(str, lowest))} | {hits} of {SHORT_SEEDS} |", flush=True)
    print(f"\n{total} of {SHORT_SEEDS * len(problems)}, at {described(SHORT, apart_from={'epochs', 'seed'})}.")


def sample(folder: Path) -> None:
    """Table 3."""
    names = ("train.csv", "valid.csv", "test.csv", "batch_predictions.csv")
    train, validation, test, published = (data.table(folder / name) for name in names)
    log: dict[int, Mapping[str, float]] = {}
    model = LSTMAD.fit(SAMPLE, [train], [validation], Run(report=log.__setitem__))
    ours, theirs = predict(model.predictor(), test), published.values  # (N, 1 + D) each
    print("\n| sample data | ours | published |\n|:--|--:|--:|")
    for epoch, mse in SAMPLE_LOG.items():
        print(f"| train_mse, epoch {epoch} | {log[epoch]['train_mse']:.4f} | {mse:.4f} |")
    print(f"| valid_mse, epoch 1 | {log[1]['valid_mse']:.4f} | {SAMPLE_VALID_MSE:.4f} |")
    for column, name in enumerate(("score", "forecast of column 1", "forecast of column 2")):
        both = np.stack([ours[:, column], theirs[:, column]])
        correlation = np.corrcoef(both[:, ~np.isnan(both).any(axis=0)])[0, 1]
        print(f"| {name}, correlation of the two | {correlation:.4f} | |")
    print(f"\nAt {described(SAMPLE)}.")


def span(problem: Anomaly) -> str:
    """First and last row of the anomaly."""
    return f"{problem.rows[0]}-{problem.rows[-1]}"


def described(hyperparameters: LSTMADHyperparameters, apart_from: set[str] | None = None) -> str:
    """Hyperparameters as users write them."""
    values = hyperparameters.model_dump(by_alias=True, exclude=apart_from)
    return ", ".join(f"{name} {value}" for name, value in values.items())


def main() -> None:
    """Print the three tables."""
    parser = data.arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="seeds of the first table")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    samples = data.found(options.data / "samples" / "lstm-ad")  # said now, not after the other tables
    problems = data.anomalies(options.data)
    if LONG not in problems:
        sys.exit(
            f"{options.data / 'ucr_anomaly'} has no file of series {LONG}: benchmarks/data.py says where to get it."
        )
    long_series(problems.pop(LONG), options.seeds)
    short_series(problems)
    sample(samples)


if __name__ == "__main__":
    main()
