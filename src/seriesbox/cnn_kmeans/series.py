"""From a table to series of different lengths: gaps bridged, values scaled, missing ends trimmed.

Shapes: N series, T time steps.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError, Places
from seriesbox.layers.scaler import Scaler
from seriesbox.tables.blocks import blocks
from seriesbox.tables.table import Table, Tables

Series = tuple[NDArray[np.float32], NDArray[np.int64]]
"""(N, T) scaled, zero past the (N,) lengths."""

# Time steps convolved at once: enough to fill the vector units, few enough to stay in a core's cache.
CHUNK_STEPS = 8192


def check(table: Table) -> None:
    """Raise DataError naming rows in which nothing is observed."""
    places = Places()
    for rows in blocks(*table.values.shape):
        empty = np.flatnonzero(np.isnan(table.values[rows]).all(axis=1))
        places.add(len(empty), (f"row {rows.start + row + 1}" for row in empty))
    if places.count:
        raise DataError(f"{table.name} has nothing in ", places, ": give every series a value, or remove its row.")


def check_steps(steps: int, scaling: str, scaler: Scaler) -> None:
    """Raise DataError where there are more steps than were scaled one by one."""
    if scaling == "step" and steps > len(scaler.shift):
        raise DataError(
            f"The series have up to {steps} steps, but the model was trained on {len(scaler.shift)} and, with "
            "`scaling` step, knows no others: cut them off, or train with another `scaling`."
        )


def interpolate(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, T) with gaps -> (N, T) where gaps between two observed steps are bridged linearly; missing ends stay NaN.

    Every row has something in it.
    """
    observed = ~np.isnan(values)
    if observed.all():
        return values
    step = np.arange(values.shape[1])
    before = np.maximum.accumulate(np.where(observed, step, 0), axis=1)
    after = np.minimum.accumulate(np.where(observed, step, len(step) - 1)[:, ::-1], axis=1)[:, ::-1]
    left, right = np.take_along_axis(values, before, axis=1), np.take_along_axis(values, after, axis=1)
    weight = (step - before) / np.maximum(after - before, 1)
    return left + (right - left) * weight


def mean_and_deviation(
    blocks: Sequence[NDArray[np.float64]],
    axis: int | None,
    total: Callable[[NDArray[Any]], NDArray[Any]] = np.asarray,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation over `axis`, which is kept with length one; a deviation is 1 where nothing varies.

    Several blocks are the rows of one array, where `axis` is not the one along a row.

    total: turns a sum over these blocks into one over those of other processes too.
    """

    def summed(compute: Callable[[NDArray[np.float64]], NDArray[Any]]) -> NDArray[Any]:
        return total(sum(np.nansum(compute(block), axis=axis, keepdims=True) for block in blocks))

    count = np.maximum(summed(lambda block: ~np.isnan(block)), 1)
    mean = summed(lambda block: block) / count
    variance = summed(lambda block: np.square(block - mean[:, : block.shape[1]])) / count
    varies = variance > np.square(8 * np.finfo(np.float64).eps * mean)  # more than by rounding
    return mean, np.where(varies, np.sqrt(variance), 1)


def prepare_all(tables: Tables, scaling: str, scaler: Scaler) -> Series:
    """What `prepare` makes of all tables at once, in their memory: they are used up."""
    lengths: list[NDArray[np.int64]] = []

    def convert(values: NDArray[np.float64]) -> NDArray[np.float32]:
        series, of_series = prepare(values, scaling, scaler)
        lengths.append(of_series)
        return series

    return tables.used_up(convert), np.concatenate([np.empty(0, np.int64), *lengths])


def prepare(values: NDArray[np.float64], scaling: str, scaler: Scaler) -> Series:
    """(N, T) in input units, with missing ends, to what the encoder takes; `scaling` says what the scaler is of."""
    if scaling == "series":
        mean, deviation = mean_and_deviation([values], axis=1)
        scaler = Scaler(mean, deviation)
    elif scaling == "step":
        scaler = Scaler(*(each[: values.shape[1]] for each in scaler))
    return align(scaler(values).astype(np.float32))


def align(values: NDArray[np.float32]) -> Series:
    """(N, T) with missing ends -> (N, T) starting at the first observed step and zero past the last; (N,) lengths."""
    observed = ~np.isnan(values)
    start = observed.argmax(axis=1)
    lengths = observed.sum(axis=1)
    step = np.arange(values.shape[1])
    shifted = np.take_along_axis(values, np.minimum(start[:, None] + step, len(step) - 1), axis=1)
    return np.where(step < lengths[:, None], shifted, np.float32(0)), lengths


def chunks_of_like_length(lengths: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Indices of (N,) lengths, longest first, in chunks whose padded size is about `CHUNK_STEPS`."""
    order = np.argsort(-lengths, kind="stable")
    longest = lengths[order].tolist()
    first = 0
    while first < len(longest):
        size = max(1, CHUNK_STEPS // longest[first])
        yield order[first : first + size]
        first += size


def of_rows(series: Series, rows: slice) -> Series:
    """Some of the series, in their memory."""
    values, lengths = series
    return values[rows], lengths[rows]


def cut(series: Series, chunk: NDArray[np.int64]) -> Series:
    """The series of these indices, without the steps that none of them has."""
    values, lengths = series
    return values[chunk, : lengths[chunk].max()], lengths[chunk]
