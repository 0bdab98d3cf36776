import sys

import pytest
import torch

# A server on a machine with a driver for GPUs, in an image whose torch is built for CUDA, or is not.
SERVE = """
import torch
from seriesbox.sagemaker.serving import server, settings

torch.version.cuda = {cuda!r}
settings.has_gpu = lambda: True
server.main()
"""


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU that can be used")
@pytest.mark.parametrize(
    ("cuda", "reason"),
    [
        (None, "this image is built for CPUs"),
        ("13.0", "The NVIDIA driver may be too old for CUDA 13.0"),
    ],
)
def test_a_server_that_cannot_use_its_gpu_says_why_and_computes_all_the_same(serving, one_column, cuda, reason):
    with serving(one_column, [sys.executable, "-c", SERVE.format(cuda=cuda)]) as server:
        assert server.post(b"1\n" * 10).status == 200
    (start,), (warning,) = server.lines("start"), server.lines("warning")
    assert start["device"] == "cpu"
    assert warning["message"].startswith("The machine has a GPU, but ")
    assert reason in warning["message"]
