"""Counts and medians of an answer, for the request's line in the log: by them an alarm notices that data changed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Drift:
    """Collects the numbers of an answer's rows: booleans are counted, floats have a median."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.values: dict[str, list[NDArray[Any]]] = {}

    def add(self, of_rows: Mapping[str, NDArray[Any]]) -> None:
        """Add the rows of a chunk, (N,) by field."""
        for name, each in of_rows.items():
            if each.dtype == np.bool_:
                self.counts[name] = self.counts.get(name, 0) + int(each.sum())
            else:
                self.values.setdefault(name, []).append(each[~np.isnan(each)].astype(np.float32))

    def fields(self) -> dict[str, float | None]:
        """Return the counts and the medians; None if there is no number."""
        joined = {name: np.concatenate(parts) for name, parts in self.values.items()}
        medians = {name: float(np.median(each)) if len(each) else None for name, each in joined.items()}
        return {**self.counts, **medians}
