import pytest
import torch

from seriesbox.lstm_ad.forecaster import Forecaster, draw_mask


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


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_dropout_acts_in_training_alone_and_between_layers(layers):
    forecaster = Forecaster(columns=2, prediction_length=3, hidden_size=5, num_layers=layers, dropout=0.5)
    context = torch.randn(4, 7, 2)
    assert forecaster.eval().draw_kept(context) == []
    assert [tuple(mask.shape) for mask in forecaster.train().draw_kept(context)] == [(4, 7, 5)] * (layers - 1)


def test_states_that_are_dropped_count_for_nothing_and_the_rest_is_scaled_up():
    torch.manual_seed(0)
    forecaster = Forecaster(columns=2, prediction_length=3, hidden_size=5, num_layers=2, dropout=0.25)
    context = torch.randn(4, 7, 2)
    mask = torch.rand(4, 7, 5) > 0.25
    states, _ = forecaster.layers[0](context)
    states, _ = forecaster.layers[1](torch.where(mask, states / 0.75, 0))
    expected = forecaster.head(states[:, -1]).view(4, 3, 2)
    torch.testing.assert_close(forecaster(context, [mask]), expected)
    assert not torch.allclose(forecaster(context), expected)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_the_share_is_dropped_everywhere_alike(share):
    torch.manual_seed(0)
    kept = draw_mask((100_003,), share, torch.device("cpu"))
    for part in (kept, *(kept[i::4] for i in range(4))):  # each draw's four elements
        assert float((~part).float().mean()) == pytest.approx(share, abs=0.01)


def test_elements_are_dropped_independently_of_their_neighbours():
    torch.manual_seed(0)
    kept = draw_mask((400, 1000), 0.5, torch.device("cpu")).flatten()
    for distance in (1, 2, 3, 4):
        assert float((kept[distance:] == kept[:-distance]).float().mean()) == pytest.approx(0.5, abs=0.005)
