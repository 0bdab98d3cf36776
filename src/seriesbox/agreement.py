"""Do the two ways to compute a network, torch's and onnxruntime's, agree?"""

import math
import traceback

import numpy as np

from seriesbox.algorithm import Estimator
from seriesbox.layers.torch_network import arrays
from seriesbox.network import Network
from seriesbox.onnx.session import Session

# Of the largest output. Rounding gives a millionth; a layer that is wrong, far more than this.
TOLERANCE = 1e-3


def difference(model: Estimator) -> float:
    """The largest difference between the outputs for some data the model was fitted on, over the largest output.

    It is infinite where onnxruntime cannot compute the network at all, and NaN where an output is.
    """
    predictor = model.predictor()
    try:
        onnx: Network = Session(predictor.graph(model.hyperparameters, arrays(model.state_dict())), threads=1)
        one, other = (network(*model.sample).ravel() for network in (predictor.network, onnx))
    except Exception:  # onnxruntime's own, of many kinds; nothing is worth losing a trained model for
        traceback.print_exc()
        return math.inf
    return float(np.abs(one - other).max() / max(np.abs(one).max(), np.finfo(np.float32).tiny))
