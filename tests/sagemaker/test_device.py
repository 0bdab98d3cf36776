import subprocess
import sys

import pytest
import torch

from seriesbox.sagemaker.device import find_device


def test_without_a_gpu_the_cpu_computes_and_torch_is_not_asked():
    program = "import sys; from seriesbox.sagemaker.device import find_device; print(find_device(False), *sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.startswith("Device(type='cpu', name='cpu', obstacle=None) ")
    assert "torch" not in printed.split()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_that_can_be_used_is_named():
    assert find_device(True) == ("cuda", torch.cuda.get_device_name(), None)
