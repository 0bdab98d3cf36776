"""Tables of floats -> JSON, in parts that can be joined.

Shapes: N rows, D columns, I ids of a row.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

RowIds = Sequence[Sequence[bytes]]
"""(N, I) values of JSON."""


def write_json(values: NDArray[np.floating], between: bytes = b",", ids: RowIds | None = None) -> bytes:
    """Write (N, D) as lists, NaN as null, without the outer brackets. Ids are the last elements of their row's list.

    between: what joins the rows.
    """
    rows = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
    separator = b"]" + between + b"["
    if ids is not None:
        pairs = zip(rows[1:-1].split(b"],["), ids, strict=True)
        return b"[" + separator.join(b",".join((row, *own)) for row, own in pairs) + b"]"
    return rows if between == b"," else rows.replace(b"],[", separator)


def write_json_objects(
    values: NDArray[np.floating], names: Sequence[str], between: bytes = b",", ids: RowIds | None = None
) -> bytes:
    """Write (N, D) as objects, otherwise as `write_json` does.

    names: of the I ids, if there are any, and of the D columns.
    """
    count = values.shape[1]
    cells = orjson.dumps(np.ascontiguousarray(values).ravel(), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
    if ids is not None:
        columns = *zip(*ids, strict=True), *(cells[number::count] for number in range(count))
        cells = list(chain.from_iterable(zip(*columns, strict=True)))
    row = b"{%b}" % b",".join(orjson.dumps(name).replace(b"%", b"%%") + b":%b" for name in names)
    return between.join([row] * len(values)) % tuple(cells)
