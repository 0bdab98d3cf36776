"""The quality of LSTM-AD's scores: three tables in Markdown.

1. UCR anomaly 179 at the default hyperparameters over several seeds: are the two lowest scores inside the labelled
   anomaly, and how many times lower is the lowest one inside than the lowest one more than 100 rows away?
2. Shorter series of that archive at one set of hyperparameters: is the lowest score at most 100 rows from the anomaly?
   Beside it, matrix profile discords of as many rows as a context has.
3. The published algorithm's own sample data: agreement of our forecasts and training log with the published ones.

A score is a log-density: low scores are anomalous. Labels only judge: training does not see them.

    .venv/bin/python -m benchmarks.anomaly --data FOLDER [--threads 2] [--seeds 10] [--short-seeds 3] [--record]
"""

import math
import sys
import time
from collections.abc import Mapping
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import data, figures, options
from benchmarks.anomaly_sample import compare_sample, text
from benchmarks.data import Anomaly
from benchmarks.discord import discord
from seriesbox.algorithm import predict
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run

LONG_NUMBER = 179
MAX_DISTANCE = 100  # from the anomaly, of rows whose scores still belong to it
SHORT = LSTMADHyperparameters(prediction_length=1, sequence_stride=2, dropout=0.2, batch_size=16)
SHORT_STEPS = 3000  # of the optimizer, from which the number of epochs follows


def fit_and_score(problem: Anomaly, hyperparameters: LSTMADHyperparameters) -> NDArray[np.float32]:
    """Return the score of every test row; infinity if a row has none."""
    model = LSTMAD.fit(hyperparameters, [problem.train], [], Run())
    score = predict(model.predictor(), problem.test)[:, 0]
    return np.nan_to_num(score, nan=math.inf, neginf=-math.inf)


def near(problem: Anomaly, distance: int) -> NDArray[np.bool_]:
    """Return for every test row whether it is in the anomaly or at most `distance` rows from it."""
    row = np.arange(len(problem.test.values))
    return (row >= problem.rows.start - distance) & (row < problem.rows.stop + distance)


def for_short(rows: int) -> LSTMADHyperparameters:
    """Return the hyperparameters for a series with this number of training rows."""
    windows = (rows * 4 // 5 - SHORT.context_length - SHORT.prediction_length) // SHORT.sequence_stride + 1
    steps_per_epoch = math.ceil(windows / SHORT.batch_size)
    return SHORT.model_copy(update={"epochs": math.ceil(SHORT_STEPS / steps_per_epoch)})


def score_long(problem: Anomaly, seeds: int, epochs: Mapping[str, int]) -> dict[str, Any]:
    """Print table 1, and return its figures."""
    print(
        f"| seed, {LONG_NUMBER} | two lowest at rows | inside {span(problem)} | inside / elsewhere | ratio | seconds |"
    )
    print("|--:|:--|:--|--:|--:|--:|")
    inside, elsewhere, both, ratios = near(problem, 0), ~near(problem, MAX_DISTANCE), [], []
    for seed in range(seeds):
        started = time.perf_counter()
        score = fit_and_score(problem, LSTMADHyperparameters(seed=seed, **epochs))
        seconds = time.perf_counter() - started
        first, second = np.argsort(score)[:2]
        lowest_inside, lowest_elsewhere = score[inside].min(), score[elsewhere].min()
        both.append(bool(inside[first] and inside[second]))
        ratios.append(float(lowest_inside / lowest_elsewhere))
        cells = f"{lowest_inside:.0f} / {lowest_elsewhere:.0f} | {ratios[-1]:.1f} | {seconds:.0f}"
        print(f"| {seed} | {first}, {second} | {'both' if both[-1] else 'no'} | {cells} |", flush=True)
    ratio = {"ratio_median": median(ratios), "ratio_lowest": min(ratios), "ratio_highest": max(ratios)}
    return {"number": LONG_NUMBER, "seeds": seeds, "two_lowest_inside": sum(both), **ratio}


def score_short(problems: Mapping[int, Anomaly], seeds: int, epochs: Mapping[str, int]) -> dict[str, Any]:
    """Print table 2, and return its figures."""
    print(f"\n| series | training rows | epochs | anomaly | lowest score at row, {seeds} seeds | hits | discord |")
    print("|:--|--:|--:|:--|:--|--:|--:|")
    hits, discords = [], []
    for number, problem in problems.items():
        rows = len(problem.train.values)
        sizes = for_short(rows).model_copy(update=epochs)
        seeded = [sizes.model_copy(update={"seed": seed}) for seed in range(seeds)]
        lowest = [int(fit_and_score(problem, each).argmin()) for each in seeded]
        hits.append(int(near(problem, MAX_DISTANCE)[lowest].sum()))
        middle = discord(problem.train.values, problem.test.values, SHORT.context_length)
        discords.append(bool(near(problem, MAX_DISTANCE)[middle]))
        title = f"{number} {problem.name} | {rows} | {sizes.epochs} | {span(problem)}"
        print(f"| {title} | {', '.join(map(str, lowest))} | {hits[-1]} of {seeds} | {middle} |", flush=True)
    trainings = seeds * len(problems)
    print(f"\n{sum(hits)} of {trainings}, at {text(SHORT, exclude={'epochs', 'seed'})}.")
    numbers = {"series": len(problems), "numbers": list(problems), "rows": MAX_DISTANCE, "seeds": seeds}
    return {**numbers, "hits": sum(hits), "trainings": trainings, "discords": sum(discords)}


def span(problem: Anomaly) -> str:
    """Return the first and the last row of the anomaly."""
    return f"{problem.rows[0]}-{problem.rows[-1]}"


def main() -> None:
    """Print the three tables."""
    parser = options.parser(__doc__, "--data", "--threads", "--record")
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds of the first table")
    parser.add_argument("--short-seeds", type=int, default=3, help="number of seeds of the second table")
    parser.add_argument("--series", type=int, nargs="+", metavar="NUMBER", help="of the second table; default: all")
    parser.add_argument("--epochs", type=int, help="instead of the published ones")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    epochs = {"epochs": given.epochs} if given.epochs else {}
    samples = data.existing(given.data / "samples" / "lstm-ad")  # before the other tables take their time
    problems = data.anomalies(given.data)
    if missing := {LONG_NUMBER, *(given.series or [])} - problems.keys():
        files = given.data / "ucr_anomaly"
        sys.exit(f"{files} has no file of series {min(missing)}: benchmarks/data.py says where to get it.")
    short = {number: problems[number] for number in given.series or problems if number != LONG_NUMBER}
    record = figures.recorder("anomaly", given.record)
    record("long", score_long(problems[LONG_NUMBER], given.seeds, epochs))
    record("short", score_short(short, given.short_seeds, epochs))
    record("sample", compare_sample(samples, epochs))


if __name__ == "__main__":
    main()
