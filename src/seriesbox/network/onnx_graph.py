"""Graphs in ONNX's file format, written from weights in memory.

The format is a protobuf message of a handful of fields (onnx.proto of ONNX 1.16, IR version 8), and protobuf's wire
format is numbers of seven bits a byte and byte strings with their lengths before them. Writing those few fields needs
no further package, and no such file is ever read.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPERATOR_SET = 8, 18
ELEMENT_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7, np.dtype(np.float64): 11}
FLOAT, DOUBLE = 1, 11  # what Cast may cast to
Value = str | NDArray[np.float32] | NDArray[np.int64] | NDArray[np.float64]
"""An input of a node: the name of a graph input or of another node's output, or a constant."""


class Graph:
    """A graph under construction. Its methods return the names of what they add."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def input(self, name: str, kind: type, shape: Sequence[str | int]) -> str:
        """Add an input. A dimension is a size, or a name if any size will do."""
        self._inputs.append(_declaration(name, np.dtype(kind), shape))
        return name

    def node(self, operator: str, *inputs: Value, **attributes: Any) -> str:
        """Add a node with one output."""
        (output,) = self.nodes(operator, *inputs, **attributes)
        return output

    def nodes(self, operator: str, *inputs: Value, outputs: int = 1, **attributes: Any) -> list[str]:
        """Add a node with several outputs."""
        names = [each if isinstance(each, str) else self._constant(each) for each in inputs]
        results = [f"node{len(self._nodes)}.{number}" for number in range(outputs)]
        fields = [_field(1, each) for each in names] + [_field(2, each) for each in results] + [_field(4, operator)]
        fields += [_field(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(b"".join(fields))
        return results

    def output(self, name: str, value: str, kind: type, shape: Sequence[str | int]) -> None:
        """Add a result of this name, which is the output of a node."""
        self._nodes.append(_field(1, value) + _field(2, name) + _field(4, "Identity"))
        self._outputs.append(_declaration(name, np.dtype(kind), shape))

    def serialize(self, output: str, shape: Sequence[str | int]) -> bytes:
        """Return the whole model, whose one result is the float32 `output`."""
        self._outputs.append(_declaration(output, np.dtype(np.float32), shape))
        return self.model()

    def model(self, **facts: str) -> bytes:
        """Return the whole model, with facts about it for whoever opens it."""
        graph = b"".join(
            [*(_field(1, node) for node in self._nodes), _field(2, "graph")]
            + [_field(5, constant) for constant in self._constants]
            + [_field(11, each) for each in self._inputs]
            + [_field(12, each) for each in self._outputs]
        )
        noted = b"".join(_field(14, _field(1, name) + _field(2, text)) for name, text in facts.items())
        return _field(1, IR_VERSION) + _field(7, graph) + _field(8, _field(2, OPERATOR_SET)) + noted

    def _constant(self, value: NDArray[Any]) -> str:
        name = f"constant{len(self._constants)}"
        dimensions = b"".join(_field(1, size) for size in value.shape)
        content = _field(9, np.ascontiguousarray(value).tobytes())
        self._constants.append(dimensions + _field(2, ELEMENT_TYPES[value.dtype]) + _field(8, name) + content)
        return name


def _declaration(name: str, kind: np.dtype[Any], shape: Sequence[str | int]) -> bytes:
    dimensions = b"".join(_field(1, _field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, ELEMENT_TYPES[kind]) + _field(2, dimensions)))


def _attribute(name: str, value: float | int | Sequence[int]) -> bytes:
    if isinstance(value, float):
        return _field(1, name) + _field(2, value) + _field(20, 1)
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, 2)
    return _field(1, name) + b"".join(_field(8, each) for each in value) + _field(20, 7)


def _field(number: int, value: int | float | str | bytes) -> bytes:
    """Encode one field of a message: its number and wire type, then its value."""
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    septets = []
    while value > 127:
        septets.append(value & 127 | 128)
        value >>= 7
    return bytes([*septets, value])
