"""The agreement of the two ways to compute a network, by torch and by onnxruntime."""

import logging
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.network.onnx_session import Session
from seriesbox.network.torch_network import arrays
from seriesbox.network.types import Network
from seriesbox.protocols import Estimator
from seriesbox.tables.table import Table

# A share of the largest output. Rounding gives a millionth; a wrong layer gives far more than this.
TOLERANCE = 1e-3


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
