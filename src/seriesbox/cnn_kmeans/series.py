"""From a table to series of different lengths: values scaled, missing ends trimmed. `gaps.py` bridges gaps before.

Shapes: N series, V variables, T time steps.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.observed import Observed
from seriesbox.scaler import Scaler

# Time steps that a core convolves at once: enough to fill the vector units, few enough to stay in a core's cache.
CHUNK_STEPS = 8192


class Series(NamedTuple):
    """Scaled series, ready for the encoder."""

    values: NDArray[np.float32]  # (N, V, T), zero past the lengths
    lengths: NDArray[np.int64]  # (N,)

    def rows(self, rows: slice) -> "Series":
        """Return some of the series, in their memory."""
        return Series(self.values[rows], self.lengths[rows])

    def steps(self, first: int, stop: int) -> NDArray[np.float32]:
        """Return some steps of all series, in their memory: (N, V, `stop` - `first`)."""
        return self.values[..., first:stop]

    def chunks(self, steps: int) -> Iterator[tuple[NDArray[np.int64], "Series"]]:
        """Yield the series in chunks of similar length, each cut to its longest series, of about `steps` in all."""
        for chunk in chunks_of_similar_length(self.lengths, steps):
            yield chunk, Series(self.values[chunk, :, : self.lengths[chunk].max()], self.lengths[chunk])


def mean_and_deviation(
    blocks: Sequence[NDArray[np.float64]],
    axis: int | tuple[int, ...],
    all_reduce: Callable[[NDArray[Any]], NDArray[Any]] = np.asarray,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation over `axis`, which is kept with length one.

    A deviation is 1 if nothing varies. The blocks are parts of the series of one array, (n, V, T); if `axis` leaves out
    the first one, give one block.
    all_reduce: turns a sum over these blocks into the sum over the blocks of all processes.
    """

    def total(compute: Callable[[NDArray[np.float64]], NDArray[Any]]) -> NDArray[Any]:
        return all_reduce(sum(np.nansum(compute(block), axis=axis, keepdims=True) for block in blocks))

    count = np.maximum(total(lambda block: ~np.isnan(block)), 1)
    mean = total(lambda block: block) / count
    variance = total(lambda block: np.square(block - mean[..., : block.shape[2]])) / count
    varies = variance > np.square(8 * np.finfo(np.float64).eps * mean)  # more than by rounding
    return mean, np.where(varies, np.sqrt(variance), 1)


def scale_and_align(values: NDArray[np.float64], scaling: str, scaler: Scaler) -> Series:
    """Scale and align (N, V, T) in input units, with missing ends. `scaling` is the hyperparameter of that name."""
    return align(scaler_of(values, scaling, scaler)(values).astype(np.float32))


def scaler_of(values: NDArray[np.float64], scaling: str, scaler: Scaler) -> Scaler:
    """Return the scaler of (N, V, T) in input units, which is each series' own or that of the model.

    scaler: the model's, of all variables, (V,), or of all steps of each, (V * T,), which may be more than these.
    """
    if scaling == "series":
        return Scaler(*mean_and_deviation([values], axis=2))
    _, variables, steps = values.shape
    return Scaler(*(each.reshape(variables, -1)[:, :steps] for each in scaler))


def align(values: NDArray[np.float32]) -> Series:
    """Move (N, V, T) with missing ends to start at the first observed step, with zeros past the last one.

    Between them, a variable that begins late or ends early has its nearest value, and zeros if it has none at all.
    """
    missing, steps = np.isnan(values), values.shape[2]
    if not missing.any():
        return Series(values, np.full(len(values), steps))
    observed = Observed.of(missing)
    nearest = np.take_along_axis(values, observed.nearest(0, steps), axis=2)
    is_known = (np.arange(steps) < observed.length[:, None])[:, None] & ~observed.nothing
    return Series(np.where(is_known, nearest, np.float32(0)), observed.length)


def chunks_of_similar_length(lengths: NDArray[np.int64], steps: int) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of (N,) lengths, longest first, in chunks whose padded size is about `steps`."""
    order = np.argsort(-lengths, kind="stable")
    longest = lengths[order].tolist()
    first = 0
    while first < len(longest):
        size = max(1, steps // longest[first])
        yield order[first : first + size]
        first += size
