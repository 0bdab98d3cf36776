"""The cost of missing cells to LSTM-AD, on a folder of series of the UCR Anomaly Archive.

Cells of the training and of the test part are taken out: single ones at random, or blocks of 20 rows, one at a random
place in every stretch. A hit is that of benchmarks/anomaly.py. Ours is given the gaps, and scores no row that is
missing; beside it stands the same with gaps that a straight line bridges before, whose rows are scored like any others.

    .venv/bin/python -m benchmarks.gaps --archive FOLDER [--series 7 ...] [--seeds 3] [--processes 2] [--record]
"""

from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, figures, options
from benchmarks.anomaly import DISTANCE, HYPERPARAMETERS, fit_and_score, near
from benchmarks.pool import spread
from seriesbox.lstm_ad.bridges import bridge_gaps
from seriesbox.tables.table import Table

BLOCK = 20  # rows
OURS, BRIDGED = "ours", "bridged before"


class Case(NamedTuple):
    """A share of the cells that is missing, in blocks or one by one, and who bridges the gaps."""

    share: float
    in_blocks: bool
    method: str

    @property
    def gaps(self) -> str:
        """The kind of gaps, as the table calls it."""
        kind = f"blocks of {BLOCK}" if self.in_blocks else "at random"
        return f"{self.share:.0%} {kind}" if self.share else "none"


CASES = [Case(0, False, OURS), *(Case(*each) for each in product((0.01, 0.05, 0.2), (False, True), (OURS, BRIDGED)))]


def are_missing(rows: int, case: Case, random: np.random.Generator) -> NDArray[np.bool_]:
    """Return which rows of a series are missing."""
    if not case.share or not case.in_blocks:
        return random.random(rows) < case.share
    stretch = round(BLOCK / case.share)
    starts = np.arange(0, rows - stretch + 1, stretch)
    starts += random.integers(stretch - BLOCK + 1, size=len(starts))
    missing = np.zeros(rows, np.bool_)
    missing[(starts[:, None] + np.arange(BLOCK)).ravel()] = True
    return missing


def with_gaps(table: Table, case: Case, random: np.random.Generator) -> Table:
    """Return a series of which some rows are missing, or have been bridged."""
    values = table.values.copy()
    values[are_missing(len(values), case, random)] = np.nan
    if case.method == BRIDGED:
        bridge_gaps(values, [slice(None)])
    return Table.of(values, table.name)


def hit(archive: Path, min_updates: int, task: tuple[int, Case, int]) -> float:
    """Return 1 if the highest score of a series is near its anomaly, else 0."""
    number, case, seed = task
    problem, random = data.anomaly(archive, number), np.random.default_rng([number, seed])
    train, test = (with_gaps(part, case, random) for part in (problem.train, problem.test))
    sizes = HYPERPARAMETERS.model_copy(update={"min_updates": min_updates, "seed": seed})
    scores = fit_and_score(problem._replace(train=train, test=test), sizes)
    return float(near(problem, DISTANCE)[scores.argmax()])


def main() -> None:
    """Print the table."""
    parser = options.parser(__doc__, "--archive", "--processes", "--record")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--series", type=int, nargs="+", metavar="NUMBER", help="default: all in the folder")
    parser.add_argument("--min-updates", type=int, default=HYPERPARAMETERS.min_updates)
    given = parser.parse_args()
    numbers = given.series or data.anomaly_numbers(given.archive)
    tasks = list(product(numbers, CASES, range(given.seeds)))
    results = list(spread(partial(hit, given.archive, given.min_updates), tasks, given.processes))
    hits: dict[str, dict[str, float]] = {case.gaps: {} for case in CASES}
    for case in CASES:
        of_case = (result for (_, other, _), result in zip(tasks, results, strict=True) if other == case)
        hits[case.gaps][case.method] = mean(of_case)
    print(f"\n| missing | {OURS} | {BRIDGED} |\n|:--|--:|--:|")
    for gaps, of_methods in hits.items():
        print(f"| {gaps} | {of_methods[OURS]:.2f} | {of_methods.get(BRIDGED, of_methods[OURS]):.2f} |")
    measured: dict[str, Any] = {"series": len(numbers), "seeds": given.seeds, "hits": hits}
    figures.recorder("gaps", given.record)("archive", measured)


if __name__ == "__main__":
    main()
