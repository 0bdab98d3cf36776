"""Methods side by side on many data sets: one table, and how far the first method is ahead of each of the others.

An error is the standard error of a mean over sets. A lead is the mean of the differences, set by set.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import mean, stdev
from typing import Any, NamedTuple, TypeVar

from benchmarks.pool import spread
from seriesbox.hyperparameters import Hyperparameters

OURS = "seriesbox"  # as it is; with another hyperparameter, the method is called `NAME=VALUE`
TIE = 0.01  # differences of less are ties
Result = TypeVar("Result")
Sizes = TypeVar("Sizes", bound=Hyperparameters)
Rows = dict[str, dict[str, float]]  # by set, then by method


class Lead(NamedTuple):
    """A method's lead over another one."""

    lead: float
    error: float
    wins: int
    ties: int
    losses: int


def measure(
    compute: Callable[[tuple[str, str, int]], Result], sets: Sequence[str], seeds: Mapping[str, int], processes: int
) -> Iterator[tuple[str, dict[str, list[Result]]]]:
    """Yield every set with what `compute((set, method, seed))` returns for every seed, by method.

    seeds: their number, by method.
    """
    tasks = [(name, method, seed) for name in sets for method in seeds for seed in range(seeds[method])]
    results = spread(compute, tasks, processes)
    for name in sets:
        yield name, {method: [next(results) for _ in range(count)] for method, count in seeds.items()}


def of_method(sizes: Sizes, method: str, **changes: Any) -> Sizes:
    """Return the hyperparameters of ours, or of ours with another one, with these changes."""
    other = dict([method.split("=")]) if method != OURS else {}
    return sizes.parse(sizes.to_dict() | other | changes)


def standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the mean; NaN for one value."""
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def lead(rows: Rows, method: str, other: str) -> Lead:
    """Return how far a method is ahead of another one."""
    differences = [row[method] - row[other] for row in rows.values()]
    wins, losses = (sum(sign * each >= TIE for each in differences) for sign in (1, -1))
    ties = len(differences) - wins - losses
    return Lead(mean(differences), standard_error(differences), wins, ties, losses)


def print_table(rows: Iterable[tuple[str, dict[str, float]]], methods: Sequence[str]) -> Rows:
    """Print a row per set as soon as it is there, then the means; return the rows."""
    print(f"| set | {' | '.join(methods)} |\n|:--{'|--:' * len(methods)}|")
    seen: Rows = {}
    for name, row in rows:
        seen[name] = row
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in row.values())} |", flush=True)
    columns = [[row[method] for row in seen.values()] for method in methods]
    print(f"| **mean** | {' | '.join(f'**{mean(column):.3f}**' for column in columns)} |")
    print(f"| standard error | {' | '.join(f'{standard_error(column):.3f}' for column in columns)} |\n")
    return seen


def print_leads(rows: Rows, methods: Sequence[str]) -> dict[str, Any]:
    """Print the leads of the first method; return them with the means, as figures."""
    first, *others = methods
    print(f"| lead of {first} over | mean | standard error | wins | ties | losses |\n|:--{'|--:' * 5}|")
    leads = {other: lead(rows, first, other) for other in others}
    for other, (ahead, error, *counts) in leads.items():
        print(f"| {other} | {ahead:.3f} | {error:.3f} | {' | '.join(map(str, counts))} |")
    print(flush=True)
    columns = {method: [row[method] for row in rows.values()] for method in methods}
    return {
        "mean": {method: mean(column) for method, column in columns.items()},
        "error": {method: standard_error(column) for method, column in columns.items()},
        "lead": {other: each._asdict() for other, each in leads.items()},
        "by_set": rows,
    }
