"""Arrays, lists and data frames of callers -> rows. What is given is never changed.

Shapes: N series, V variables, T time steps, D columns.
"""

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.tables.blocks import blocks
from seriesbox.tables.npy import check_sizes
from seriesbox.tables.table import Rows, equal_widths

Numbers = NDArray[Any]


class Given(NamedTuple):
    """One table as a caller gave it.

    name: what messages call it. rows: (N, D) numbers, or N rows of different lengths.
    columns: the names of a data frame's columns, if they are texts.
    variables: of each series, if they have an axis of their own.
    """

    name: str
    rows: Numbers | Sequence[Numbers]
    columns: tuple[str, ...] = ()
    variables: int | None = None

    def parts(self) -> Iterator[Rows]:
        """Yield copies of all rows, some at a time. Raises DataError that names numbers that are too large."""
        check_sizes(self.name, self._blocks())
        for _, block in self._blocks():
            yield block.ravel(), equal_widths(block.shape[1], len(block))

    def check_variables(self, variables: int) -> None:
        """Raise DataError if series have variables, but not as many as a model is for."""
        if self.variables not in (None, variables):
            raise DataError(f"{self.name} has series of {self.variables} variables, but the model is for {variables}.")

    def _blocks(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        if isinstance(self.rows, np.ndarray):
            for rows in blocks(*self.rows.shape):
                yield rows.start, np.array(self.rows[rows], np.float64)
        else:
            for number, row in enumerate(self.rows):
                yield number, np.array(row, np.float64)[None]


def series(x: Any, name: str) -> Given:
    """Take series: (N, T), (N, V, T), N arrays (T,) or (V, T) of any lengths, or a data frame with a row for each.

    Raises DataError if they are none, TypeError if they are no numbers at all.
    """
    if not isinstance(x, list | tuple):
        return _series(numbers(x, name), name, _columns(x))
    each = [numbers(item, f"{name}, row {number + 1},") for number, item in enumerate(x)]
    kinds = {(item.ndim, *item.shape[:-1]) for item in each}
    if len({item.shape for item in each}) < 2:
        return _series(np.stack(each) if each else np.empty((0, 0)), name, ())
    if len(kinds) != 1 or each[0].ndim not in (1, 2):
        shown = ", ".join(sorted({str(item.shape) for item in each})[:4])
        turned = " Turn each, by its .T, if its rows are steps." if len({item.shape[1:] for item in each}) == 1 else ""
        raise DataError(f"{name} has series of the shapes {shown}: give (T,) each, or (V, T) with the same V.{turned}")
    return Given(name, [item.ravel() for item in each], (), each[0].shape[0] if each[0].ndim == 2 else None)


def recordings(x: Any, name: str) -> list[Given]:
    """Take a recording, (T,), (T, D) or a data frame with a row for each time step, or a list of several.

    Raises DataError if they are none, TypeError if they are no numbers at all.
    """
    if are_several(x):
        return [given for number, each in enumerate(x) for given in recordings(each, f"{name}[{number}]")]
    rows = numbers(x, name)
    if rows.ndim not in (1, 2):
        raise DataError(
            f"{name} has the shape {rows.shape}: give a row for each time step, and a column for each value."
        )
    return [Given(name, _checked(rows if rows.ndim == 2 else rows[:, None], name), _columns(x))]


def are_several(x: Any) -> bool:
    """Return whether recordings are a list of arrays; a list of lists is one array."""
    return isinstance(x, list | tuple) and bool(x) and all(getattr(each, "ndim", 0) > 0 for each in x)


def numbers(x: Any, name: str) -> Numbers:
    """Return an array of real numbers. Raises DataError, or TypeError as numpy does."""
    if isinstance(x, str | PathLike):
        raise DataError(f"{name} is a text, {str(x)!r}: read the file first, for example by pandas.read_csv.")
    if hasattr(x, "toarray"):
        raise TypeError(f"{name} is sparse, and a series has a value at every step: give {name}.toarray().")
    if np.ma.isMaskedArray(x):
        x = np.ma.filled(x.astype(np.float64), np.nan)
    if hasattr(x, "dtypes") and hasattr(x, "columns"):
        strange = [name for name, kind in x.dtypes.items() if getattr(kind, "kind", "O") in "Mmc"]
        if strange:
            raise DataError(f"{name} has a column {strange[0]!r} of {x.dtypes[strange[0]]}: leave it out.")
    try:
        array = x.to_numpy(np.float64, na_value=np.nan) if hasattr(x, "iloc") else np.asarray(x)
        if array.dtype.kind in "OUS":
            array = array.astype(np.float64) if array.dtype.kind == "O" else np.array(array.tolist(), np.float64)
    except ValueError as error:
        raise DataError(f"{name} is no array of numbers ({error}): leave out what is none.") from None
    if array.dtype.kind not in "fiub":
        kind = "Complex data not supported" if array.dtype.kind == "c" else f"no numbers, but {array.dtype}"
        raise DataError(f"{name} has {kind}: give real numbers.")
    return array


def _series(array: Numbers, name: str, columns: tuple[str, ...]) -> Given:
    if array.ndim == 3:
        return Given(name, _checked(array.reshape(len(array), -1), name), (), array.shape[1])
    if array.ndim != 2:
        one = f" Reshape your data by {name}[None] if it is one series." if array.ndim == 1 else ""
        raise DataError(f"{name} has the shape {array.shape}: give a row for each series.{one}")
    return Given(name, _checked(array, name), columns)


def _checked(rows: Numbers, name: str) -> Numbers:
    for size, kind in zip(rows.shape, ("row", "feature"), strict=True):
        if not size:
            raise DataError(
                f"{name} is empty: it has 0 {kind}(s) (shape={rows.shape}) while a minimum of 1 is required."
            )
    return rows


def _columns(x: Any) -> tuple[str, ...]:
    names = tuple(getattr(x, "columns", ()))
    return names if all(isinstance(name, str) for name in names) else ()
