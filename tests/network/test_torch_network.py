import numpy as np
import pytest
import torch

from seriesbox.network.torch_network import TorchNetwork
from seriesbox.run import Run, StoppedError


def test_a_network_computes_no_more_once_the_run_is_stopped():
    calls = []
    network = TorchNetwork(torch.nn.Linear(1, 1), Run(stopped=lambda: len(calls) == 2).check)
    with pytest.raises(StoppedError):
        calls.extend(network(np.zeros((1, 1), np.float32)) for _ in range(5))
    assert len(calls) == 2
