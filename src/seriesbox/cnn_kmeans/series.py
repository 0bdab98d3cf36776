"""From a table to series of different lengths: gaps bridged, values scaled, missing ends trimmed.

Shapes: N series, T time steps.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError, Places
from seriesbox.scaler import Scaler
from seriesbox.tables.blocks import blocks
from seriesbox.tables.table import Table

# Time steps convolved at once: enough to fill the vector units, few enough to stay in a core's cache.
CHUNK_STEPS = 8192


class Series(NamedTuple):
    """Scaled series, ready for the encoder."""

    values: NDArray[np.float32]  # (N, T), zero past the lengths
    lengths: NDArray[np.int64]  # (N,)

    def rows(self, rows: slice) -> "Series":
        """Return some of the series, in their memory."""
        return Series(self.values[rows], self.lengths[rows])

    def chunks(self) -> Iterator[tuple[NDArray[np.int64], "Series"]]:
        """Yield the series in chunks of similar length, each cut to its longest series."""
        for chunk in chunks_of_similar_length(self.lengths):
            yield chunk, Series(self.values[chunk, : self.lengths[chunk].max()], self.lengths[chunk])


def check_observed(table: Table) -> None:
    """Raise DataError that names the rows in which nothing is observed."""
    places = Places()
    for rows in blocks(*table.values.shape):
        empty = np.flatnonzero(np.isnan(table.values[rows]).all(axis=1))
        places.add(len(empty), (f"row {rows.start + row + 1}" for row in empty))
    if places.count:
        raise DataError(f"{table.name} has nothing in ", places, ": give every series a value, or remove its row.")


def check_direction(table: Table) -> None:
    """Raise DataError if there is one column of many rows, which is one series turned."""
    if table.values.shape[1] == 1 and len(table.values) > 1:
        raise DataError(
            f"{table.name} has one column, so that each of its {len(table.values)} rows would be a series of one step: "
            "give a series per row, and a time step per column."
        )


def check_steps(steps: int, scaling: str, scaler: Scaler) -> None:
    """Raise DataError if `scaling` is step and there are more steps than the scaler has."""
    if scaling == "step" and steps > len(scaler.shift):
        raise DataError(
            f"The series have up to {steps} steps, but the model was trained on {len(scaler.shift)} and, with "
            "`scaling` step, knows no others: cut them off, or train with another `scaling`."
        )


def interpolate(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bridge the gaps of (N, T) between two observed steps linearly; missing ends stay NaN.

    Every row must have an observed value.
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
    all_reduce: Callable[[NDArray[Any]], NDArray[Any]] = np.asarray,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation over `axis`, which is kept with length one.

    A deviation is 1 if nothing varies. The blocks are parts of the rows of one array; with `axis` 1, give one block.
    all_reduce: turns a sum over these blocks into the sum over the blocks of all processes.
    """

    def total(compute: Callable[[NDArray[np.float64]], NDArray[Any]]) -> NDArray[Any]:
        return all_reduce(sum(np.nansum(compute(block), axis=axis, keepdims=True) for block in blocks))

    count = np.maximum(total(lambda block: ~np.isnan(block)), 1)
    mean = total(lambda block: block) / count
    variance = total(lambda block: np.square(block - mean[:, : block.shape[1]])) / count
    varies = variance > np.square(8 * np.finfo(np.float64).eps * mean)  # more than by rounding
    return mean, np.where(varies, np.sqrt(variance), 1)


def scale_and_align(values: NDArray[np.float64], scaling: str, scaler: Scaler) -> Series:
    """Scale and align (N, T) in input units, with missing ends. `scaling` is the hyperparameter of that name."""
    if scaling == "series":
        scaler = Scaler(*mean_and_deviation([values], axis=1))
    elif scaling == "step":
        scaler = Scaler(*(each[: values.shape[1]] for each in scaler))
    return align(scaler(values).astype(np.float32))


def align(values: NDArray[np.float32]) -> Series:
    """Move (N, T) with missing ends to start at the first observed step, with zeros past the last one."""
    observed = ~np.isnan(values)
    start = observed.argmax(axis=1)
    lengths = observed.sum(axis=1)
    step = np.arange(values.shape[1])
    shifted = np.take_along_axis(values, np.minimum(start[:, None] + step, len(step) - 1), axis=1)
    return Series(np.where(step < lengths[:, None], shifted, np.float32(0)), lengths)


def chunks_of_similar_length(lengths: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of (N,) lengths, longest first, in chunks whose padded size is about `CHUNK_STEPS`."""
    order = np.argsort(-lengths, kind="stable")
    longest = lengths[order].tolist()
    first = 0
    while first < len(longest):
        size = max(1, CHUNK_STEPS // longest[first])
        yield order[first : first + size]
        first += size
