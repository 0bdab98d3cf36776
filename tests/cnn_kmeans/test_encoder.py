import pytest
import torch
import torch.nn.functional as F

from seriesbox.cnn_kmeans.encoder import Encoder

VARIABLES = 3


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder(blocks=2, filters=5, kernel_size=3, reduced_size=7, output_size=4, variables=VARIABLES)


@pytest.mark.parametrize(("sizes", "parameters"), [((1, 50, 3, 100, 50), 63_500), ((2, 16, 3, 10, 20), 3_722)])
def test_the_published_parameter_counts(sizes, parameters):
    assert sum(p.numel() for p in Encoder(*sizes).parameters()) == parameters


def test_the_future_never_changes_the_past(encoder):
    x = torch.randn(2, VARIABLES, 50)
    changed = torch.cat([x[..., :31], x[..., 31:] + 100], dim=2)
    torch.testing.assert_close(encoder.convolve(x)[:, :31], encoder.convolve(changed)[:, :31])


def test_a_step_sees_its_receptive_field_and_nothing_before(encoder):
    x = torch.randn(1, VARIABLES, 60)
    last = 50
    x.requires_grad_()
    encoder.convolve(x)[0, last].sum().backward()
    for of_variable in x.grad[0]:
        seen = of_variable.nonzero().flatten()
        assert seen.max() == last
        assert seen.min() == last - encoder.receptive_field + 1


def test_padding_is_the_same_as_trimming(encoder):
    lengths = torch.tensor([1, 2, 9, 30, 40])
    x = torch.randn(5, VARIABLES, 40)
    x.transpose(1, 2)[torch.arange(40) >= lengths[:, None]] = 123.0
    trimmed = torch.cat([encoder(x[i : i + 1, :, :n], torch.tensor([n])) for i, n in enumerate(lengths.tolist())])
    torch.testing.assert_close(encoder(x, lengths), trimmed)


def published_features(encoder: Encoder, series: torch.Tensor) -> torch.Tensor:
    """The published reference's formula for one series (V, T), with our encoder's weights, written plainly."""

    def convolution(layer, x):
        g, v = (layer.parametrizations.weight.original0, layer.parametrizations.weight.original1)
        weight = g * v / v.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        padding = (layer.kernel_size[1] - 1) * layer.dilation[1]
        padded = F.conv1d(x, weight[:, :, 0], layer.bias, padding=padding, dilation=layer.dilation[1])
        return padded[:, :, : padded.shape[2] - padding]  # cut what looks into the future

    x = series[None]
    for block in encoder.blocks:
        y = F.leaky_relu(convolution(block.second, F.leaky_relu(convolution(block.first, x))))
        projected = isinstance(block.residual, torch.nn.Conv2d)
        x = y + (F.conv1d(x, block.residual.weight[:, :, 0], block.residual.bias) if projected else x)
    return encoder.head(F.adaptive_max_pool1d(x, 1).squeeze(2))[0]


@pytest.mark.parametrize("sizes", [(1, 50, 3, 100, 50), (2, 16, 3, 10, 20, 2), (3, 7, 1, 7, 5, 7), (0, 4, 4, 6, 5)])
def test_the_features_are_the_published_formulas(sizes):
    torch.manual_seed(1)
    encoder = Encoder(*sizes).double()
    for length in (1, 2, 17, 50):
        series = torch.randn(encoder.sizes[-1], length, dtype=torch.float64)
        torch.testing.assert_close(
            encoder(series[None], torch.tensor([length]))[0], published_features(encoder, series)
        )
