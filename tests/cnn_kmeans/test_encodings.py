"""Both ways to encode subsequences: in ragged shapes, for a CPU, and in fixed ones, for a GPU."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.fixed_encoding import encode_fixed, range_maxima
from seriesbox.cnn_kmeans.ragged_encoding import encode_ragged
from seriesbox.cnn_kmeans.subsequences import Subsequences

ALL_AT_ONCE = 10**9


def random_subsequences(count: int, series: int, steps: int) -> Subsequences:
    length = torch.randint(1, steps + 1, (count,))
    start = (torch.rand(count) * (steps - length + 1)).long()
    return Subsequences(torch.randint(0, series, (count,)), start, length)


def features_and_gradients(encoder, encode):
    features = encode()
    loss = (features.tanh() * torch.arange(features.numel()).reshape(features.shape).cos()).sum()
    return features.detach(), torch.autograd.grad(loss, list(encoder.parameters()))


def one_by_one(encoder, series, subsequences):
    cut = [
        encoder(series[row, :, start : start + length][None], length[None])
        for row, start, length in zip(*subsequences, strict=True)
    ]
    return torch.cat(cut)


@pytest.mark.parametrize("steps", [5, 60], ids=["shorter than the receptive field", "longer"])
@pytest.mark.parametrize("chunk", [1, 100, 8192])
@pytest.mark.parametrize("kernel_size", [1, 3])
def test_the_features_and_gradients_are_those_of_cut_out_subsequences(steps, chunk, kernel_size, monkeypatch):
    monkeypatch.setattr("seriesbox.cnn_kmeans.ragged_encoding.CHUNK_STEPS", chunk)
    torch.manual_seed(0)
    encoder = Encoder(blocks=1, filters=6, kernel_size=kernel_size, reduced_size=8, output_size=5, variables=3).double()
    series = torch.randn(4, 3, steps, dtype=torch.float64)
    subsequences = random_subsequences(30, 4, steps)
    expected = features_and_gradients(encoder, partial(one_by_one, encoder, series, subsequences))
    for encode in (encode_ragged, partial(encode_fixed, steps_at_once=40 * chunk)):
        found = features_and_gradients(encoder, partial(encode, encoder, series, subsequences))
        torch.testing.assert_close(found, expected)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(1, 40),
    rows=st.integers(1, 30),
    variables=st.integers(1, 4),
    steps=st.integers(1, 120),
    blocks=st.integers(0, 4),
    kernel_size=st.integers(1, 4),
    steps_at_once=st.sampled_from([1, 50, 700, ALL_AT_ONCE]),
    level=st.booleans(),
)
def test_fixed_shapes_compute_what_ragged_ones_do(
    seed, count, rows, variables, steps, blocks, kernel_size, steps_at_once, level
):
    """Loss and gradient to 1e-6 of their size: of long and short series, few and many, with stretches that repeat."""
    torch.manual_seed(seed)
    encoder = Encoder(blocks, 4, kernel_size, reduced_size=5, output_size=3, variables=variables).double()
    series = torch.randn(rows, variables, steps, dtype=torch.float64)
    if level:  # as a bridged gap may be, or the zeros past the end of a short series
        series[..., steps // 3 : steps * 2 // 3] = 0.5
    subsequences = random_subsequences(count, rows, steps)
    ragged, fixed = (
        features_and_gradients(encoder, partial(encode, encoder, series, subsequences))
        for encode in (encode_ragged, partial(encode_fixed, steps_at_once=steps_at_once))
    )
    torch.testing.assert_close(fixed, ragged, rtol=1e-6, atol=1e-6)


@given(seed=st.integers(0, 10**6), steps=st.integers(1, 50), ranges=st.integers(1, 30))
def test_range_maxima_are_those_of_the_ranges(seed, steps, ranges):
    generator = np.random.default_rng(seed)
    values = torch.tensor(generator.normal(size=(3, steps, 2)))
    row = torch.tensor(generator.integers(0, 3, ranges))
    first = torch.tensor(generator.integers(0, steps + 1, ranges))
    end = torch.tensor([int(generator.integers(low, steps + 1)) for low in first])
    for maxima, *place in zip(range_maxima(values, row, first, end), row, first, end, strict=True):
        within = values[place[0], place[1] : place[2]]
        expected = within.amax(dim=0) if len(within) else torch.full((2,), -torch.inf)
        torch.testing.assert_close(maxima, expected.to(maxima.dtype))


def convolved_steps(encoder, encode, monkeypatch):
    """Return the number of steps that the encoder convolves of 60 subsequences of three series of 500 steps."""
    convolved, length = [], torch.full((60,), 400)
    convolve = encoder.convolve
    with monkeypatch.context() as patch:
        patch.setattr(encoder, "convolve", lambda x: convolved.append(x[:, 0].numel()) or convolve(x))
        encode(
            encoder,
            torch.randn(3, 2, 500),
            Subsequences(torch.arange(60) % 3, torch.tensor([0] * 20 + [*range(1, 31), *range(1, 11)]), length),
        )
    return sum(convolved)


@pytest.mark.parametrize("encode", [encode_ragged, partial(encode_fixed, steps_at_once=ALL_AT_ONCE)])
def test_whole_series_are_convolved_once_if_that_is_cheaper(encode, monkeypatch):
    """Twenty of the 60 subsequences begin where their series do, and ten others repeat one."""
    encoder = Encoder(blocks=1, filters=2, kernel_size=3, reduced_size=2, output_size=2, variables=2)
    onsets = 30 if encode is encode_ragged else 60
    assert convolved_steps(encoder, encode, monkeypatch) == 3 * 500 + onsets * (encoder.receptive_field - 1)


@pytest.mark.parametrize("blocks", [0, 2, 7])
@pytest.mark.parametrize("steps_at_once", [ALL_AT_ONCE, 1000])
@pytest.mark.parametrize("variables", [1, 12])
def test_memory_for_the_gradient_is_what_the_encoder_says_and_chunks_bound_it(blocks, steps_at_once, variables):
    encoder = Encoder(blocks, filters=10, kernel_size=3, reduced_size=20, output_size=5, variables=variables)
    own = {each.untyped_storage().data_ptr() for each in encoder.parameters()}
    kept, held, most = {}, 0, 0

    def keep(tensor):
        nonlocal held, most
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own | kept.keys():
            kept[storage.data_ptr()] = storage.nbytes()
            held += storage.nbytes()
            most = max(most, held)
        return tensor

    series = torch.randn(200, variables, 100)
    subsequences = random_subsequences(100, 200, 100)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        encode_fixed(encoder, series, subsequences, steps_at_once)
    steps = min(steps_at_once, 100 * 100)
    assert most < steps * encoder.gradient_bytes + 2_000_000 + series.nbytes
