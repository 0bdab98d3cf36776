"""The quality of LSTM-AD's alarms on a folder of series of the UCR Anomaly Archive: two tables.

1. Precision and recall of rows, and the events raised, right ones and all, in the test part: by the default threshold,
   and by the one that labels choose, for which the test part is cut in the middle of its anomaly. The first half
   chooses, the second judges.
2. Two series side by side as two columns, with a jump planted in one of them: how often that column has the largest
   share in the jump's row.

    .venv/bin/python -m benchmarks.alarms --archive FOLDER [--series 179 ...] [--seeds 3] [--processes 2] [--record]
"""

from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from benchmarks import data, figures, options
from benchmarks.anomaly import HYPERPARAMETERS, near
from benchmarks.cases.lstm_ad import DEFAULT
from benchmarks.data import Anomaly
from benchmarks.pool import spread
from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.listener import Listener
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.judgement import measure, scored
from seriesbox.run import Run
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

JUMP = 6  # standard deviations of the column
Metrics = dict[str, float]


LONG = 179  # the series that is published, at the default hyperparameters
SHOWN = ("test_precision", "test_recall", "test_event_precision", "test_event_recall")


def sizes_of(number: int, min_updates: int) -> LSTMADHyperparameters:
    """Return the hyperparameters for a series."""
    return DEFAULT if number == LONG else HYPERPARAMETERS.model_copy(update={"min_updates": min_updates})


def judge(archive: Path, min_updates: int, task: tuple[int, int]) -> dict[str, Metrics]:
    """Return the metrics of one series and seed on the test part, and by each threshold on its second half."""
    number, seed = task
    problem, sizes = data.anomaly(archive, number), sizes_of(number, min_updates).model_copy(update={"seed": seed})
    model = LSTMAD.fit(sizes, [problem.train], [], Run())
    halves = split(problem, sizes.context_length)
    whole, second = (scored(model.predictor(), each) for each in (labelled(problem), halves[1]))
    metrics = {"default": measure([whole], model.threshold.item(), sizes.beta, sizes.gap)}
    metrics["default, second half"] = measure([second], model.threshold.item(), sizes.beta, sizes.gap)
    model.judge(halves[:1], Listener())
    metrics["of labels, second half"] = measure([second], model.threshold.item(), sizes.beta, sizes.gap)
    return metrics


def split(problem: Anomaly, context: int) -> list[Labelled]:
    """Return the test part before and after the middle of its anomaly; the second half has its context before it."""
    middle = (problem.rows.start + problem.rows.stop) // 2
    parts = (slice(0, max(middle, problem.rows.start + 1)), slice(middle - context, None))
    return [labelled(problem, part) for part in parts]


def labelled(problem: Anomaly, rows: slice = slice(None)) -> Labelled:
    """Return rows of the test part with their labels."""
    return Labelled.of(Table.of(np.column_stack([near(problem, 0)[rows], problem.test.values[rows]])))


def finds_column(archive: Path, min_updates: int, task: tuple[tuple[int, int], int]) -> bool:
    """Return whether a jump in one column of two has the largest share there."""
    (one, other), seed = task
    problems = [data.anomaly(archive, number) for number in (one, other)]
    train, test = (
        np.column_stack([part.values[: min(len(each.values) for each in parts), 0] for part in parts])
        for parts in ([each.train for each in problems], [each.test for each in problems])
    )
    random = np.random.default_rng(seed)
    column, row = int(random.integers(2)), int(random.integers(len(test) // 2, len(test)))
    test[row, column] += JUMP * train[:, column].std() * random.choice([-1, 1])
    sizes = HYPERPARAMETERS.model_copy(update={"min_updates": min_updates, "seed": seed})
    predictor = LSTMAD.fit(sizes, [Table.of(train)], [], Run()).predictor()
    answer = predict(predictor, Table.of(test), Details())
    names = predictor.names(Details())
    shares = answer[row, names.index("share_1") : names.index("share_2") + 1]
    return bool(shares.argmax() == column)


def print_alarms(numbers: Sequence[int], results: Sequence[dict[str, Metrics]], seeds: int) -> dict[str, Any]:
    """Print the means of every series, by threshold; return those of all series."""
    measured: dict[str, Any] = {}
    for kind in results[0]:
        print(f"\n| {kind} | {' | '.join(SHOWN)} |\n|:--" + "|--:" * len(SHOWN) + "|")
        rows = {
            number: [mean(each[kind][name] for each in results[place * seeds : (place + 1) * seeds]) for name in SHOWN]
            for place, number in enumerate(numbers)
        }
        for number, row in rows.items():
            print(f"| {number} | {' | '.join(f'{value:.2f}' for value in row)} |")
        measured[kind] = {name: mean(row[place] for row in rows.values()) for place, name in enumerate(SHOWN)}
        print(f"| mean | {' | '.join(f'{value:.2f}' for value in measured[kind].values())} |", flush=True)
    return measured


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--archive", "--processes", "--record")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--series", type=int, nargs="+", metavar="NUMBER", help="default: all in the folder")
    parser.add_argument("--pairs", type=int, default=20, help="pairs of series, for the shares")
    parser.add_argument("--min-updates", type=int, default=HYPERPARAMETERS.min_updates)
    given = parser.parse_args()
    numbers = given.series or data.anomaly_numbers(given.archive)
    record = figures.recorder("alarms", given.record)
    tasks = product(numbers, range(given.seeds))
    results = list(spread(partial(judge, given.archive, given.min_updates), tasks, given.processes))
    record("thresholds", {"series": len(numbers), "seeds": given.seeds, **print_alarms(numbers, results, given.seeds)})

    short = [number for number in data.anomaly_numbers(given.archive) if number != LONG]
    pairs = [((short[each % len(short)], short[(each + 1) % len(short)]), each) for each in range(given.pairs)]
    found = list(spread(partial(finds_column, given.archive, given.min_updates), pairs, given.processes))
    print(f"\nThe column of a planted jump has the largest share in {sum(found)} of {len(found)} pairs of series.")
    record("shares", {"pairs": len(found), "found": sum(found)})


if __name__ == "__main__":
    main()
