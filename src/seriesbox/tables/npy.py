"""Arrays in numpy's own format, NPY, <-> tables of floats. Nothing that is read can execute.

Shapes: N rows, D columns.
"""

import io
import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from seriesbox.errors import DataError, Places
from seriesbox.tables.blocks import blocks
from seriesbox.tables.table import LARGEST, Table, equal_widths

MAGIC = b"\x93NUMPY"
READ_HEADER = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0, (3, 0): npy.read_array_header_2_0}
MAX_LENGTH, MAX_AXES = 2**40, 32


def parse_npy(body: bytes, name: str, rows_are_independent: bool, variables: int = 1) -> Table:
    """Parse an array of (N, D) numbers; of one axis, it is one row if rows are independent, else one column.

    variables: of a row. If there are several, rows may have an axis of them, (N, V, T).
    NaN is a missing cell. Raises DataError if it is no such array, or names up to twenty numbers that are not finite.
    """
    array = _array(body, name)
    if array.ndim == 1:
        array = array.reshape((1, -1) if rows_are_independent else (-1, 1))
    if variables > 1 and array.ndim == 3 and array.shape[1] == variables:
        array = array.reshape(len(array), -1)
    if array.ndim != 2:
        more = f", or of three with {variables} variables as the second" if variables > 1 else ""
        raise DataError(f"{name} has an array of shape {array.shape}: give one of two axes, rows and columns{more}.")
    if not array.size:
        raise DataError(f"{name} is empty: it needs at least one row of numbers.")
    values = array.astype(np.float64)
    check_sizes(name, ((rows.start, values[rows]) for rows in blocks(*values.shape)))
    return Table(values, equal_widths(values.shape[1], len(values)), name)


def check_sizes(name: str, parts: Iterable[tuple[int, NDArray[np.float64]]]) -> None:
    """Raise DataError that names the numbers of (n, D) parts beyond those of answers. A part has its first row."""
    places = Places()
    for first, values in parts:
        wrong = np.argwhere(np.abs(values) > LARGEST)
        numbers = ((first + row, column, values[row, column]) for row, column in wrong)
        places.add(len(wrong), (f"row {row + 1}, column {column + 1} is {value}" for row, column, value in numbers))
    if places.count:
        raise DataError(f"{name} has numbers beyond 3.4e38, write NaN for what is missing: ", places, ".")


def write_npy(chunks: Iterable[NDArray[np.float32]], rows: int, columns: int) -> Iterator[bytes]:
    """Yield an array of (rows, columns) numbers, whose rows come in chunks."""
    header = io.BytesIO()
    npy.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)})
    yield header.getvalue()
    for chunk in chunks:
        yield np.ascontiguousarray(chunk, "<f4").tobytes()


def _array(body: bytes, name: str) -> NDArray[np.generic]:
    """Return the array in a body, whose memory it shares. Raises DataError."""
    stream = io.BytesIO(body)
    try:
        shape, by_columns, kind = READ_HEADER[npy.read_magic(stream)](stream)
        if not all(type(length) is int and 0 <= length < MAX_LENGTH for length in shape) or len(shape) > MAX_AXES:
            raise ValueError(shape)
    except Exception:  # of many kinds: the header is a text that Python parses
        raise DataError(f"{name} is no array as numpy.save writes it: its header is wrong.") from None
    if kind.kind not in "fiu" or kind.itemsize > 8:
        raise DataError(f"{name} has an array of {kind}: give numbers of 64 bits at most, such as float32.")
    start, count = stream.tell(), math.prod(shape)
    if len(body) - start != count * kind.itemsize:
        raise DataError(
            f"{name} is cut off or damaged: an array of shape {shape} has {count * kind.itemsize} bytes, and it has "
            f"{len(body) - start}."
        )
    return np.frombuffer(body, kind, count, start).reshape(shape, order="F" if by_columns else "C")
