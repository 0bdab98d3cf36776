"""Tables of floats -> JSON, in parts that commas join."""

from collections.abc import Sequence

import numpy as np
import orjson
from numpy.typing import NDArray


def write_json(values: NDArray[np.floating]) -> bytes:
    """Write (N, D) as lists, NaN as null, without the outer brackets: parts of a table can be joined by commas."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]


def write_json_objects(values: NDArray[np.floating], names: Sequence[str]) -> bytes:
    """Write (N, D) as objects of D names, otherwise as `write_json` does."""
    cells = orjson.dumps(np.ascontiguousarray(values).ravel(), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
    row = b"{%b}" % b",".join(orjson.dumps(name).replace(b"%", b"%%") + b":%b" for name in names)
    return b",".join([row] * len(values)) % tuple(cells)
