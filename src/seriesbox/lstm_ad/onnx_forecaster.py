"""The forecaster without torch: its tensors by name, and the graph that computes with them.

See `forecaster.py`.
"""

import numpy as np
from numpy.typing import NDArray

from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.network.onnx_graph import Graph
from seriesbox.network.types import Shapes, Tensors


def tensor_shapes(hyperparameters: LSTMADHyperparameters, columns: int) -> Shapes:
    """Return the shapes of the forecaster's tensors."""
    hidden, outputs = hyperparameters.hidden_size, hyperparameters.prediction_length * columns
    tensors: dict[str, tuple[int, ...]] = {}
    for layer in range(hyperparameters.num_layers):
        tensors[f"layers.{layer}.weight_ih_l0"] = (4 * hidden, hidden if layer else columns)
        tensors[f"layers.{layer}.weight_hh_l0"] = (4 * hidden, hidden)
        tensors[f"layers.{layer}.bias_ih_l0"] = (4 * hidden,)
        tensors[f"layers.{layer}.bias_hh_l0"] = (4 * hidden,)
    tensors["head.weight"] = (outputs, hidden)
    tensors["head.bias"] = (outputs,)
    return {f"forecaster.{name}": (np.float32, shape) for name, shape in tensors.items()}


def onnx_graph(hyperparameters: LSTMADHyperparameters, tensors: Tensors) -> bytes:
    """Return the graph of `Forecaster.forward`, its last two dimensions in one: `context` (B, L, D) -> (B, P * D)."""
    g = Graph()
    columns = tensors["forecaster.layers.0.weight_ih_l0"].shape[1]
    context = g.input("context", np.float32, ["B", "L", columns])
    forecast = forecasts(g, context, hyperparameters, tensors)
    return g.serialize(forecast, ["B", hyperparameters.prediction_length * columns])


def forecasts(g: Graph, context: str, hyperparameters: LSTMADHyperparameters, tensors: Tensors) -> str:
    """Add the forecaster: (B, L, D) -> (B, P * D)."""
    states = g.node("Transpose", context, perm=[1, 0, 2])  # (L, B, D): the operator's own layout
    last = ""
    for layer in range(hyperparameters.num_layers):
        if layer:
            states = g.node("Squeeze", states, np.array([1]))  # of a single direction
        of_input, of_state, *biases = (
            _gates_reordered(tensors[f"forecaster.layers.{layer}.{name}_l0"])
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        states, last = g.nodes(
            "LSTM",
            *(states, of_input[None], of_state[None], np.concatenate(biases)[None]),
            outputs=2,
            hidden_size=hyperparameters.hidden_size,
        )
    state = g.node("Squeeze", last, np.array([0]))  # (B, H)
    return g.node("Gemm", state, tensors["forecaster.head.weight"], tensors["forecaster.head.bias"], transB=1)


def _gates_reordered(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Change the order of gates from torch's (input, forget, cell, output) to ONNX's (input, output, forget, cell)."""
    input_gate, forget_gate, cell_gate, output_gate = np.split(tensor, 4)
    return np.concatenate([input_gate, output_gate, forget_gate, cell_gate])
