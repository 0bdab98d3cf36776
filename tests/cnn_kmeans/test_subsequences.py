import pytest
import torch

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.subsequences import Subsequences, encode_subsequences


def random_subsequences(count: int, series: int, steps: int) -> Subsequences:
    length = torch.randint(1, steps + 1, (count,))
    start = (torch.rand(count) * (steps - length + 1)).long()
    return Subsequences(torch.randint(0, series, (count,)), start, length)


def features_and_gradients(encoder, encode):
    encoder.zero_grad()
    features = encode()
    (features.tanh() * torch.arange(features.numel()).reshape(features.shape).cos()).sum().backward()
    return features, [parameter.grad.clone() for parameter in encoder.parameters()]


@pytest.mark.parametrize("steps", [5, 60], ids=["shorter than the receptive field", "longer"])
@pytest.mark.parametrize("chunk", [1, 100, 8192])
@pytest.mark.parametrize("kernel_size", [1, 3])
def test_the_features_and_gradients_are_those_of_cut_out_subsequences(steps, chunk, kernel_size, monkeypatch):
    monkeypatch.setattr("seriesbox.cnn_kmeans.series.CHUNK_STEPS", chunk)
    torch.manual_seed(0)
    encoder = Encoder(blocks=1, filters=6, kernel_size=kernel_size, reduced_size=8, output_size=5).double()
    series = torch.randn(4, steps, dtype=torch.float64)
    subsequences = random_subsequences(30, *series.shape)

    def one_by_one():
        cut = [
            encoder(series[row, start : start + length][None], length[None])
            for row, start, length in zip(*subsequences, strict=True)
        ]
        return torch.cat(cut)

    features, gradients = features_and_gradients(encoder, lambda: encode_subsequences(encoder, series, subsequences))
    expected_features, expected_gradients = features_and_gradients(encoder, one_by_one)
    torch.testing.assert_close(features, expected_features)
    torch.testing.assert_close(gradients, expected_gradients)


def test_whole_series_are_convolved_once_if_that_is_cheaper(monkeypatch):
    encoder = Encoder(blocks=1, filters=2, kernel_size=3, reduced_size=2, output_size=2)
    convolved = []
    convolve = encoder.convolve
    monkeypatch.setattr(encoder, "convolve", lambda x: convolved.append(x.numel()) or convolve(x))
    series = torch.randn(3, 500)
    encode_subsequences(
        encoder, series, Subsequences(torch.arange(3).repeat(20), torch.zeros(60).long(), torch.full((60,), 400))
    )
    assert sum(convolved) == series.numel() + 60 * (encoder.receptive_field - 1)
