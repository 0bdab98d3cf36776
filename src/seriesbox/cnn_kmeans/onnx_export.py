"""A whole model as one graph, from series in input units to labels, for those who run it without seriesbox.

Shapes: B series of one length, V variables, T time steps, P parts of a series, F features of a part, K clusters.
"""

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.normalization import ROUNDING
from seriesbox.cnn_kmeans.onnx_encoder import convolve
from seriesbox.network.onnx_graph import DOUBLE, FLOAT, Graph
from seriesbox.network.types import Tensors
from seriesbox.scaler import LIMIT

EPSILON = np.finfo(np.float64).eps


def exported(hyperparameters: CNNKMeansHyperparameters, tensors: Tensors) -> bytes:
    """Return the graph: `series` (B, V, T) -> `label` (B,), `features` (B, F), `distances` to all centroids (B, K).

    `series` are float64 in input units, without gaps.
    """
    g, centroids = Graph(), tensors["centroids"]
    series = g.input("series", np.float64, ["B", hyperparameters.variables, "T"])
    length = g.node("Shape", series, start=2)  # (1,)
    shift, scale = _scaler(g, series, length, hyperparameters, tensors)
    scaled = g.node("Div", g.node("Sub", series, shift), scale)
    scaled = g.node("Clip", scaled, np.array(-LIMIT), np.array(LIMIT))
    steps = convolve(g, g.node("Cast", scaled, to=FLOAT), hyperparameters, tensors)
    parts = [
        _features(g, pooled, number, tensors) for number, pooled in enumerate(_pool(g, steps, length, hyperparameters))
    ]
    seen = g.node("Concat", *parts, axis=1)  # by K-Means
    each = g.node("Unsqueeze", g.node("Cast", seen, to=DOUBLE), _axes(1))  # (B, 1, P * F)
    differences = g.node("Sub", each, centroids[None].astype(np.float64))  # (B, K, P * F)
    distances = g.node("Sqrt", g.node("ReduceSumSquare", differences, _axes(2), keepdims=0))
    g.output("label", g.node("ArgMin", distances, axis=1, keepdims=0), np.int64, ["B"])
    g.output("features", parts[0], np.float32, ["B", hyperparameters.output_size])
    g.output("distances", g.node("Cast", distances, to=FLOAT), np.float32, ["B", len(centroids)])
    return g.model(algorithm="cnn-kmeans")


def _scaler(
    g: Graph, series: str, length: str, hyperparameters: CNNKMeansHyperparameters, tensors: Tensors
) -> tuple[str, str]:
    """Return what is subtracted from (B, V, T), and what it is divided by, as `series.scaler_of` does."""
    if hyperparameters.scaling == "series":
        mean = g.node("ReduceMean", series, _axes(2))
        centred = g.node("Sub", series, mean)
        variance = g.node("ReduceMean", g.node("Mul", centred, centred), _axes(2))
        rounding = g.node("Mul", mean, np.array(8 * EPSILON))
        varies = g.node("Greater", variance, g.node("Mul", rounding, rounding))
        return mean, g.node("Where", varies, g.node("Sqrt", variance), np.array(1.0))
    known = (tensors[f"scaler.{name}"].reshape(hyperparameters.variables, -1) for name in ("shift", "scale"))
    if hyperparameters.scaling == "dataset":
        length = g.node("Identity", np.array([1]))
    shift, scale = (g.node("Slice", each, np.array([0]), length, _axes(1)) for each in known)
    return shift, scale


def _pool(g: Graph, steps: str, length: str, hyperparameters: CNNKMeansHyperparameters) -> list[str]:
    """Return the maxima of (B, Z, T) over each part of the series, (B, Z) each."""
    if hyperparameters.parts == 1:
        return [g.node("ReduceMax", steps, _axes(2), keepdims=0)]
    middle = g.node("Div", length, np.array([2]))
    halves = ((np.array([0]), g.node("Sub", length, middle)), (middle, length))  # an odd length's middle is in both
    first, second = (
        g.node("ReduceMax", g.node("Slice", steps, start, stop, _axes(2)), _axes(2), keepdims=0)
        for start, stop in halves
    )
    return [g.node("Max", first, second), first, second]


def _features(g: Graph, pooled: str, part: int, tensors: Tensors) -> str:
    """Return the features of a part, as `Head` and `Normalization` do: (B, Z) -> (B, F)."""
    features = g.node("Gemm", pooled, tensors["encoder.head.weight"], tensors["encoder.head.bias"], transB=1)
    if "normalization.matrix" not in tensors:
        return features
    mean = tensors["normalization.mean"][part]
    centred = g.node("Sub", features, mean)
    differs = g.node("Greater", g.node("Abs", centred), np.float32(ROUNDING) * np.abs(mean))
    kept = g.node("Where", differs, centred, np.zeros(1, np.float32))
    evened = g.node("MatMul", kept, tensors["normalization.matrix"][part])
    size = g.node("ReduceL2", evened, _axes(1))
    some = g.node("Greater", size, np.zeros(1, np.float32))
    return g.node("Div", evened, g.node("Where", some, size, np.ones(1, np.float32)))


def _axes(axis: int) -> NDArray[np.int64]:
    return np.array([axis])
