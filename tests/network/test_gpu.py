import pytest
import torch

from seriesbox.network.gpu import idle_sentence, tf32


def test_a_step_that_leaves_most_of_a_gpu_idle_is_told_what_would_use_it():
    assert idle_sentence(16_384, 270_336, 128) == (
        "The GPU is hardly used: a step computes 16,384 numbers at once, and there is room for 270,336. If the "
        "training may have fewer and larger steps, raise `batch-size`, to 2,112 at most; else a CPU may be as fast."
    )


@pytest.mark.parametrize("numbers", [0, 200_000, 10**9])
def test_nothing_is_said_of_a_step_that_fills_a_gpu_or_of_an_unknown_one(numbers):
    assert idle_sentence(numbers, 270_336, 128) is None


def test_only_gradients_may_be_tf32():
    assert not torch.backends.cudnn.allow_tf32
    with tf32():
        assert torch.backends.cudnn.allow_tf32
    assert not torch.backends.cudnn.allow_tf32
    assert torch.get_float32_matmul_precision() == "highest"
