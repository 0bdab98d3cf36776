import torch

from seriesbox.network.cuda_graph import Graphed


def test_on_a_cpu_it_is_the_function_itself():
    calls = []
    graphed = Graphed(calls.append, torch.device("cpu"), print)
    tensors = [torch.zeros(2), torch.zeros(2), torch.zeros(3)]
    for tensor in tensors:
        graphed(tensor)
    assert all(call is tensor for call, tensor in zip(calls, tensors, strict=True))
