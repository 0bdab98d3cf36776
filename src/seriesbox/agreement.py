"""The agreement of the two ways to compute a network, by torch and by onnxruntime."""

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.description import Runtime
from seriesbox.distributed import Group
from seriesbox.network.onnx_session import Session
from seriesbox.network.torch_network import arrays
from seriesbox.network.types import Network
from seriesbox.protocols import Estimator
from seriesbox.tables.table import Table

# A share of the largest output. Rounding gives a millionth; a wrong layer gives far more than this.
TOLERANCE = 1e-3
SAMPLE_ROWS, SAMPLE_CELLS = 64, 1_000_000  # of the training data, on which the two are compared


class Comparison:
    """A network that passes its inputs to two others, returns the output of the first, and keeps their difference."""

    def __init__(self, reference: Network, other: Network) -> None:
        self.reference, self.other = reference, other
        self.largest = float(np.finfo(np.float32).tiny)
        self.difference = 0.0  # the largest so far

    def at_once(self, cached: int, bytes_each: int) -> int:
        """Return the number of the first network."""
        return self.reference.at_once(cached, bytes_each)

    def __call__(self, *inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Return the output of the first network."""
        output = self.reference(*inputs)
        difference = output.ravel() - self.other(*inputs).ravel()
        self.largest = max(self.largest, float(np.abs(output).max(initial=0)))
        self.difference = float(np.maximum(self.difference, np.abs(difference).max(initial=0)))
        return output


def difference(model: Estimator, table: Table) -> float:
    """Return the largest difference between the networks' outputs for a table, relative to the largest output.

    It is infinite if onnxruntime cannot compute the network at all, or if an output is not finite.
    """
    predictor = model.predictor()
    try:
        onnx = Session(predictor.graph(model.hyperparameters, arrays(model.state_dict())), threads=1)
        predictor.network = comparison = Comparison(predictor.network, onnx)
        for _ in predictor.predict(table):
            pass
    except Exception:  # onnxruntime's own, of many kinds; a trained model must not be lost for any of them
        logging.getLogger("seriesbox").exception("onnxruntime cannot compute the network:")
        return math.inf
    relative = comparison.difference / comparison.largest
    return relative if math.isfinite(relative) else math.inf


def first_rows(tables: Sequence[Table], min_rows: int) -> Table | None:
    """Return a copy of a few rows of this process, because training takes over the memory of its tables."""
    if not tables:
        return None
    return tables[0].head(min_rows + min(SAMPLE_ROWS, SAMPLE_CELLS // tables[0].values.shape[1]))


def runtime_for(model: Estimator, sample: Table | None, group: Group, warn: Callable[[str], None]) -> Runtime:
    """Return the runtime that can serve the model on a CPU. sample: rows of this process, if it has any."""
    largest = difference(model, sample) if sample else 0.0
    worst = float(group.all_reduce_max(np.array(largest)))
    if worst > TOLERANCE and group.rank == 0:
        warn(f"onnxruntime differs from torch by {worst:.1e} on this model: torch will serve it.")
    return "onnx" if worst <= TOLERANCE else "torch"
