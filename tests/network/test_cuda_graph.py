import pytest
import torch

from seriesbox.network.cuda_graph import Graphed


def test_on_a_cpu_it_is_the_function_itself():
    calls = []
    graphed = Graphed(calls.append, torch.device("cpu"), print)
    tensors = [torch.zeros(2), torch.zeros(2), torch.zeros(3)]
    for tensor in tensors:
        graphed(tensor)
    assert all(call is tensor for call, tensor in zip(calls, tensors, strict=True))


@pytest.mark.skipif(torch.cuda.is_available(), reason="the GPU of this machine can record")
def test_what_cannot_be_recorded_is_computed_launch_by_launch_with_one_warning():
    sums, warnings = [], []
    graphed = Graphed(lambda tensor: sums.append(float(tensor.sum())), torch.device("cuda"), warnings.append)
    for number in range(4):
        graphed(torch.full((2,), number))
    assert sums == [0, 2, 4, 6]
    (warning,) = warnings
    assert warning.startswith("Every step takes many launches, because it cannot be recorded for the GPU:")
