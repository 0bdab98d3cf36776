import pytest
import torch

from seriesbox.lstm_ad.forecaster import Forecaster, drop


def stacked(forecaster: Forecaster, dropout: float = 0.0) -> torch.nn.LSTM:
    """torch's own stack of the same layers."""
    first = forecaster.layers[0]
    stack = torch.nn.LSTM(
        first.input_size, first.hidden_size, len(forecaster.layers), batch_first=True, dropout=dropout
    )
    for i, layer in enumerate(forecaster.layers):
        for name, value in layer.named_parameters():
            getattr(stack, name.replace("_l0", f"_l{i}")).data.copy_(value)
    return stack


def test_the_forecast_is_a_linear_function_of_torchs_stacked_lstms_last_state():
    torch.manual_seed(0)
    forecaster = Forecaster(columns=2, prediction_length=3, hidden_size=5, num_layers=3, dropout=0.5).eval()
    context = torch.randn(4, 7, 2)
    states, _ = stacked(forecaster)(context)
    torch.testing.assert_close(forecaster(context), forecaster.head(states[:, -1]).view(4, 3, 2))


def test_dropout_acts_in_training_alone_and_never_on_a_single_layer():
    torch.manual_seed(0)
    context = torch.randn(4, 7, 2)
    for layers, changes in ((1, False), (2, True)):
        forecaster = Forecaster(columns=2, prediction_length=3, hidden_size=5, num_layers=layers, dropout=0.5)
        assert torch.equal(forecaster.train()(context), forecaster.eval()(context)) != changes


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_the_share_is_dropped_everywhere_alike_and_the_mean_is_kept(share):
    torch.manual_seed(0)
    x = torch.ones(100_003)
    dropped = drop(x, share)
    assert dropped.unique().tolist() == pytest.approx([0, 1 / (1 - share)] if share else [1])
    for part in (dropped, *(dropped[i::4] for i in range(4))):  # each draw's four elements
        assert float((part == 0).float().mean()) == pytest.approx(share, abs=0.01)


def test_elements_are_dropped_independently_of_their_neighbours():
    torch.manual_seed(0)
    kept = drop(torch.ones(400_000), 0.5) > 0
    for distance in (1, 2, 3, 4):
        assert float((kept[distance:] == kept[:-distance]).float().mean()) == pytest.approx(0.5, abs=0.005)
