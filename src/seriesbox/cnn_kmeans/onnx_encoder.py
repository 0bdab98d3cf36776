"""The encoder without torch: its tensors by name, and the graph of all but its last layer, which is linear.

See `encoder.py`. Weight normalisation is folded into the weights, since nothing is learnt any more.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.network.onnx_graph import Graph
from seriesbox.network.types import Shapes, Tensors

SLOPE = 0.01  # of the leaky rectifier below zero
GAIN, DIRECTION = "parametrizations.weight.original0", "parametrizations.weight.original1"


def tensor_shapes(hyperparameters: CNNKMeansHyperparameters) -> Shapes:
    """Return the shapes of the encoder's tensors."""
    tensors: dict[str, tuple[int, ...]] = {}
    for block, (inputs, outputs) in enumerate(pairwise(hyperparameters.channels)):
        for half, width in (("first", inputs), ("second", outputs)):
            tensors[f"blocks.{block}.{half}.bias"] = (outputs,)
            tensors[f"blocks.{block}.{half}.{GAIN}"] = (outputs, 1, 1, 1)
            tensors[f"blocks.{block}.{half}.{DIRECTION}"] = (outputs, width, 1, hyperparameters.kernel_size)
        if inputs != outputs:
            tensors[f"blocks.{block}.residual.weight"] = (outputs, inputs, 1, 1)
            tensors[f"blocks.{block}.residual.bias"] = (outputs,)
    tensors["head.weight"] = (hyperparameters.output_size, hyperparameters.reduced_size)
    tensors["head.bias"] = (hyperparameters.output_size,)
    return {f"encoder.{name}": (np.float32, shape) for name, shape in tensors.items()}


def onnx_graph(hyperparameters: CNNKMeansHyperparameters, tensors: Tensors) -> bytes:
    """Return the graph of `Encoder.pool`: `series` (B, V, T), `first` and `end` (B, R) -> (B, R, Z)."""
    g = Graph()
    series = g.input("series", np.float32, ["B", hyperparameters.variables, "T"])
    first, end = (g.input(name, np.int64, ["B", "R"]) for name in ("first", "end"))
    x = g.node("Unsqueeze", convolve(g, series, hyperparameters, tensors), _integers(1))  # (B, 1, Z, T)
    length = g.node("Squeeze", g.node("Shape", series, start=2))
    steps = g.node("Range", np.array(0), length, np.array(1))
    before, after = (
        g.node(operator, steps, g.node("Unsqueeze", limit, _integers(2, 3)))  # (B, R, 1, T)
        for operator, limit in (("Less", first), ("GreaterOrEqual", end))
    )
    inside = g.node("Where", g.node("Or", before, after), np.full(1, -np.inf, np.float32), x)
    maxima = g.node("ReduceMax", inside, _integers(3), keepdims=0)
    return g.serialize(maxima, ["B", "R", hyperparameters.reduced_size])


def convolve(g: Graph, series: str, hyperparameters: CNNKMeansHyperparameters, tensors: Tensors) -> str:
    """Add the encoder's blocks, `Encoder.convolve` with the last two axes turned: (B, V, T) -> (B, Z, T)."""
    x = g.node("Unsqueeze", series, _integers(2))  # (B, V, 1, T)
    for block in range(len(hyperparameters.channels) - 1):
        prefix, dilation = f"encoder.blocks.{block}", 2**block
        y = x
        for half in ("first", "second"):
            weight = _folded(tensors, f"{prefix}.{half}")
            left = (hyperparameters.kernel_size - 1) * dilation
            y = g.node(
                "Conv",
                y,
                weight,
                tensors[f"{prefix}.{half}.bias"],
                dilations=[1, dilation],
                pads=[0, left, 0, 0],
            )
            y = g.node("LeakyRelu", y, alpha=SLOPE)
        if f"{prefix}.residual.weight" in tensors:
            x = g.node("Conv", x, tensors[f"{prefix}.residual.weight"], tensors[f"{prefix}.residual.bias"])
        x = g.node("Add", y, x)
    return g.node("Squeeze", x, _integers(2))


def _folded(tensors: Tensors, prefix: str) -> NDArray[np.float32]:
    gain, direction = tensors[f"{prefix}.{GAIN}"], tensors[f"{prefix}.{DIRECTION}"]
    norm = np.sqrt(np.square(direction, dtype=np.float64).sum(axis=(1, 2, 3), keepdims=True))
    return (direction * (gain / norm)).astype(np.float32)


def _integers(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)
