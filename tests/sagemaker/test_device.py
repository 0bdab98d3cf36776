import subprocess
import sys

import pytest
import torch

from seriesbox.sagemaker.device import GPU_INSTANCES, find_device


@pytest.mark.parametrize(
    ("instance", "has_gpu"),
    {
        "ml.p3.2xlarge": True,
        "ml.p6-b200.48xlarge": True,
        "ml.g4dn.xlarge": True,
        "ml.gr6.4xlarge": True,
        "local_gpu": True,
        "ml.m5.xlarge": False,
        "ml.c5.4xlarge": False,
        "ml.trn1.2xlarge": False,
        "local": False,
    }.items(),
)
def test_instances_with_gpus_are_known_by_their_names(instance, has_gpu):
    assert bool(GPU_INSTANCES.match(instance)) == has_gpu


def test_without_a_gpu_the_cpu_computes_and_torch_is_not_imported():
    program = "import sys; from seriesbox.sagemaker.device import find_device; print(find_device(False), *sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.startswith("Device(type='cpu', name='cpu', obstacle=None) ")
    assert "torch" not in printed.split()


@pytest.mark.parametrize(
    ("cuda", "obstacle"),
    [
        (
            None,
            "ml.g5.xlarge has a GPU, but this image is built for CPUs: build it with `--build-arg TORCH_BUILD=cu130`",
        ),
        ("13.0", "ml.g5.xlarge has a GPU, but torch cannot use it. The NVIDIA driver may be too old for CUDA 13.0"),
    ],
)
def test_a_gpu_that_cannot_be_used_leaves_the_cpu_and_an_obstacle(monkeypatch, cuda, obstacle):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", cuda)
    device = find_device(True, "ml.g5.xlarge")
    assert device[:2] == ("cpu", "cpu")
    assert device.obstacle.startswith(obstacle)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_that_can_be_used_is_named():
    assert find_device(True) == ("cuda", torch.cuda.get_device_name(), None)
