"""The names of columns that hosts have read in the headers of their training files."""

import json
from collections.abc import Sequence

import numpy as np

from seriesbox.distributed import Group
from seriesbox.errors import DataError


def names_of_all(names: Sequence[str], group: Group) -> list[str]:
    """Return on rank 0 the names of the columns of the first host that has any.

    Raises DataError if hosts have different ones: each knows its own files alone.
    """
    text = json.dumps([*names]) + "\n" if names and group.local_rank == 0 else ""
    gathered = group.gather(np.frombuffer(text.encode(), np.uint8)).tobytes().decode().splitlines()
    if len(set(gathered)) > 1:
        raise DataError(
            "The headers of the hosts' training files differ: give all files the same names in the same order."
        )
    return json.loads(gathered[0]) if gathered else []
