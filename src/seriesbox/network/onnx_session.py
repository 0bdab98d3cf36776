"""onnxruntime, set up for a server: quiet, bounded, and computing only what we wrote ourselves."""

import os

import numpy as np
from numpy.typing import NDArray

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # set before the import: otherwise it sends usage data to its makers

import onnxruntime


class Session:
    """A graph ready to compute on the CPU."""

    def __init__(self, graph: bytes, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only: they are raised too
        options.enable_mem_pattern = False  # it would keep a pattern for every shape of input
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the cores free
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._inputs = [each.name for each in self._session.get_inputs()]

    def at_once(self, cached: int, bytes_each: int) -> int:
        """Return the number of items that a core's cache holds."""
        return cached

    def __call__(self, *inputs: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the graph's one result. Inputs come in the order of their declaration."""
        (result,) = self._session.run(None, dict(zip(self._inputs, inputs, strict=True)))
        return np.asarray(result)
