"""Times among ids: whether their steps are even. Nothing but messages is made of them.

Shapes: N rows.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.csv_ids import CSVIds, texts

MIN_STEPS = 10  # of which most must be even: fewer may be so by chance
TOLERANCE = 1e-3  # of a step
SECOND = 10**6  # microseconds


def uneven_steps(ids: CSVIds, name: str, first_row: int) -> Iterator[str]:
    """Yield a sentence about each column of ids that has times with missing, doubled or backward steps.

    Times are dates by ISO 8601, or numbers that mostly grow by the same step.
    name: what messages call the file. first_row: the number of its first row of data, from 1.
    """
    for number, column in enumerate(ids.names):
        times, unit = _times(ids, number)
        if len(times) <= MIN_STEPS or not np.isfinite(times).all():
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            steps = np.diff(times)
        usual = np.median(steps)
        even = np.abs(steps - usual) <= TOLERANCE * abs(usual)
        if usual <= 0 or even.mean() <= 0.5:
            continue
        faults = {  # how many at each step
            "missing": np.where(steps > 1.5 * usual, np.rint(steps / usual) - 1, 0),
            "doubled": steps == 0,
            "backwards": steps < 0,
        }
        found = [
            f"{counts.sum():.0f} {'is' if counts.sum() == 1 else 'are'} {what}, first at row "
            f"{first_row + np.flatnonzero(counts)[0] + 1} ({ids.text(int(np.flatnonzero(counts)[0]) + 1, number)})"
            for what, counts in faults.items()
            if counts.any()
        ]
        if found:
            yield (
                f"{name}: steps of {column!r} are {usual / unit:g}{' s' if unit == SECOND else ''}, but "
                f"{'; '.join(found)}. The model takes rows as evenly spaced: add empty rows for missing steps, and "
                "leave out doubled ones."
            )


def _times(ids: CSVIds, number: int) -> tuple[NDArray[Any], int]:
    """Return the times in a column of ids, (N,), and how many are a unit; none if a text is no time."""
    import pandas as pd

    numbers, dates = list[NDArray[Any]](), list[NDArray[Any]]()
    for part in ids.parts():
        column = pd.Series([texts(row, ids.name)[number] for row in part])
        parsed = pd.to_numeric(column, errors="coerce")
        if not dates and parsed.notna().all():
            numbers.append(parsed.to_numpy(np.float64))
            continue
        when = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
        if numbers or when.isna().any():
            return np.empty(0), 1
        dates.append(when.dt.as_unit("us").astype("int64").to_numpy())
    return np.concatenate(dates or numbers or [np.empty(0)]), SECOND if dates else 1
