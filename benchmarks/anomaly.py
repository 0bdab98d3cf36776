"""The quality of LSTM-AD's scores on a folder of series of the UCR Anomaly Archive, each with one labelled anomaly.

A hit is a highest score at most 100 rows from the anomaly. VUS-PR and the area under precision and recall judge all
scores; chance gives the share of anomalous rows. Beside ours: a moving z-score, and the matrix profile (if stumpy is
installed: .venv/bin/pip install stumpy==1.14.1), both over windows as long as a context. One set of hyperparameters for
all series. Labels only judge: training does not see them. `--also score-window=50` adds ours with another
hyperparameter.

    .venv/bin/python -m benchmarks.anomaly --archive FOLDER [--seeds 3] [--processes 2] [--record]
"""

import math
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks import data, figures, options
from benchmarks.anomaly_rivals import rivals
from benchmarks.comparison import OURS, measure, of_method, print_leads, print_table
from benchmarks.data import Anomaly
from benchmarks.vus import vus_pr
from seriesbox.algorithm import predict
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run

DISTANCE = 100  # from the anomaly, of rows whose scores still belong to it
HYPERPARAMETERS = LSTMADHyperparameters(
    prediction_length=1, sequence_stride=2, dropout=0.2, batch_size=16, epochs=1, min_updates=3000
)


class Quality(NamedTuple):
    """The quality of the scores of one series."""

    hits: float
    vus_pr: float
    auc_pr: float


def fit_and_score(problem: Anomaly, hyperparameters: LSTMADHyperparameters) -> NDArray[np.float64]:
    """Return how anomalous every test row is; minus infinity if it has no score."""
    model = LSTMAD.fit(hyperparameters, [problem.train], [], Run())
    scores = -predict(model.predictor(), problem.test)[:, 0].astype(np.float64)
    return np.nan_to_num(scores, nan=-math.inf, posinf=math.inf, neginf=-math.inf)


def near(problem: Anomaly, distance: int) -> NDArray[np.bool_]:
    """Return for every test row whether it is in the anomaly or at most `distance` rows from it."""
    row = np.arange(len(problem.test.values))
    return (row >= problem.rows.start - distance) & (row < problem.rows.stop + distance)


def judge(problem: Anomaly, scores: NDArray[np.float64]) -> Quality:
    """Return the quality of the scores of every row."""
    known = scores[np.isfinite(scores)]
    scores, labels = scores.clip(known.min(), known.max()), near(problem, 0)
    area = float(average_precision_score(labels, scores))
    return Quality(float(near(problem, DISTANCE)[scores.argmax()]), vus_pr(labels, scores, DISTANCE), area)


def score(archive: Path, sizes: LSTMADHyperparameters, task: tuple[str, str, int]) -> Quality:
    """Return the quality of the scores of a series, by a method and a seed."""
    name, method, seed = task
    problem = data.anomaly(archive, int(name))
    if method in rivals():
        return judge(problem, rivals()[method](problem))
    return judge(problem, fit_and_score(problem, of_method(sizes, method, seed=seed)))


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--archive", "--also", "--processes", "--record")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--series", nargs="+", metavar="NUMBER", help="default: all in the folder")
    parser.add_argument("--min-updates", type=int, default=HYPERPARAMETERS.min_updates)
    given = parser.parse_args()
    sizes = HYPERPARAMETERS.model_copy(update={"min_updates": given.min_updates})
    names = given.series or [str(number) for number in data.anomaly_numbers(given.archive)]
    seeds = dict.fromkeys([OURS, *given.also], given.seeds) | dict.fromkeys(rivals(), 1)
    methods = list(seeds)
    results = list(measure(partial(score, given.archive, sizes), names, seeds, given.processes))
    measured: dict[str, Any] = {"series": len(names), "seeds": given.seeds}
    for position, quality in enumerate(Quality._fields):
        print(f"\n{quality}\n")
        rows = ((name, {key: mean(q[position] for q in each) for key, each in row.items()}) for name, row in results)
        measured[quality] = print_leads(print_table(rows, methods), methods)
    figures.recorder("anomaly", given.record)("archive", measured)


if __name__ == "__main__":
    main()
