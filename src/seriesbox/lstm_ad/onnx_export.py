"""A whole model as one graph, from rows in input units to forecasts and scores, for those who run it without seriesbox.

Shapes: B windows, L context steps, P predicted steps, D columns.
"""

import numpy as np

from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.onnx_forecaster import forecasts
from seriesbox.network.onnx_graph import DOUBLE, FLOAT, Graph
from seriesbox.network.types import Tensors
from seriesbox.scaler import LIMIT


def exported(hyperparameters: LSTMADHyperparameters, tensors: Tensors) -> bytes:
    """Return the graph: `rows` (B, L + P, D) -> `forecast` of the last P rows, (B, P, D), and their `score` (B, P).

    `rows` are float64 in input units, a window each. To forecast what is not known yet, let the last P rows be NaN. If
    a row has several forecasts (`forecast-stride`), a window has no score. Scores are not averaged (`score-window`).
    The graph's facts have the threshold.
    """
    g, shift, scale = Graph(), tensors["scaler.shift"], tensors["scaler.scale"]
    context, predicted, columns = hyperparameters.context_length, hyperparameters.prediction_length, len(shift)
    rows = g.input("rows", np.float64, ["B", context + predicted, columns])
    scaled = g.node("Div", g.node("Sub", rows, shift), scale)
    scaled = g.node("Clip", scaled, np.array(-LIMIT), np.array(LIMIT))
    before, actual = (
        g.node("Slice", scaled, np.array([first]), np.array([stop]), np.array([1]))
        for first, stop in ((0, context), (context, context + predicted))
    )
    flat = forecasts(g, g.node("Cast", before, to=FLOAT), hyperparameters, tensors)
    forecast = g.node("Cast", g.node("Reshape", flat, np.array([-1, predicted, columns])), to=DOUBLE)
    in_input_units = g.node("Add", g.node("Mul", forecast, scale), shift)
    g.output("forecast", g.node("Cast", in_input_units, to=FLOAT), np.float32, ["B", predicted, columns])
    if hyperparameters.forecasts == 1:
        gaussian = Gaussian(tensors["gaussian.mean"], tensors["gaussian.cholesky"])
        errors = g.node("Sub", g.node("Sub", actual, forecast), gaussian.mean)
        whitened = g.node("MatMul", errors, np.linalg.inv(gaussian.cholesky).T)
        squares = g.node("ReduceSumSquare", whitened, np.array([2]), keepdims=0)
        score = g.node("Add", g.node("Mul", squares, np.array(-0.5)), np.array(gaussian.log_peak))
        g.output("score", g.node("Cast", score, to=FLOAT), np.float32, ["B", predicted])
    return g.model(algorithm="lstm-ad", threshold=repr(float(tensors["threshold"])))
