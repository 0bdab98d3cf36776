import math

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seriesbox.agreement import TOLERANCE, Comparison, difference
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table

SIZES = st.integers(1, 9)


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def ragged(columns: int) -> np.ndarray:
    """Series of every length."""
    lengths = np.arange(1, columns + 1)
    return np.where(np.arange(columns) < lengths[:, None], random(columns, columns), np.nan)


encoders = st.builds(
    lambda columns, **sizes: (
        CNNKMeans(CNNKMeansHyperparameters(**sizes), columns * sizes["variables"]).eval(),
        Table.of(ragged(columns * sizes["variables"])),
    ),
    columns=st.integers(1, 70),
    variables=st.integers(1, 4),
    blocks=st.integers(0, 4),
    filters=SIZES,
    kernel_size=SIZES,
    reduced_size=SIZES,
    output_size=SIZES,
    features=st.sampled_from(["normalized", "halves", "raw"]),
)
forecasters = st.builds(
    lambda columns, **sizes: (
        LSTMAD(LSTMADHyperparameters(**sizes), columns).eval(),
        Table.of(random(100, columns)),
    ),
    columns=SIZES,
    context_length=st.integers(1, 60),
    prediction_length=SIZES,
    hidden_size=SIZES,
    num_layers=st.integers(1, 4),
)


@given(encoders | forecasters)
@settings(max_examples=60)
def test_torch_and_onnxruntime_agree_on_every_architecture(model_and_table):
    assert difference(*model_and_table) < 1e-5


@given(encoders | forecasters)
@settings(max_examples=60)
def test_the_declared_shapes_are_those_of_torchs_tensors(model_and_table):
    model, _ = model_and_table
    shapes = {name: (tensor.numpy().dtype, tuple(tensor.shape)) for name, tensor in model.state_dict().items()}
    assert model.predictor().shapes(model.hyperparameters, model.columns) == shapes


def test_a_comparison_answers_as_the_first_and_remembers_the_largest_difference_of_all_calls():
    comparison = Comparison(lambda x: x, lambda x: x + np.where(x == 3, -0.5, 0.25))
    for values in ([1.0, -8.0], [3.0], [2.0], []):
        np.testing.assert_array_equal(comparison(np.array(values, np.float32)), values)
    assert (comparison.difference, comparison.largest) == (0.5, 8.0)


def test_outputs_of_other_shapes_are_compared_value_by_value():
    comparison = Comparison(lambda x: x, lambda x: x.reshape(-1))
    comparison(np.ones((2, 3), np.float32))
    assert comparison.difference == 0


def test_an_output_that_is_not_finite_is_never_forgotten():
    comparison = Comparison(lambda x: x, lambda x: x * np.float32(np.nan))
    comparison(np.ones(2, np.float32))
    comparison.other = comparison.reference
    comparison(np.ones(2, np.float32))
    assert math.isnan(comparison.difference)


def test_a_network_that_onnxruntime_cannot_compute_differs_infinitely(caplog, monkeypatch):
    model = LSTMAD(LSTMADHyperparameters(hidden_size=4), 1).eval()
    monkeypatch.setattr("seriesbox.agreement.Session", None)
    assert difference(model, Table.of(random(150, 1))) == math.inf
    assert "TypeError" in caplog.text


def test_a_network_that_computes_something_else_is_noticed():
    torch.manual_seed(0)
    model = LSTMAD(LSTMADHyperparameters(hidden_size=4), 1).eval()
    model.forecaster.register_forward_hook(lambda module, inputs, output: output * 1.01)
    assert difference(model, Table.of(random(150, 1))) > TOLERANCE


def test_a_model_may_say_that_torch_must_compute_it(tmp_path):
    model = LSTMAD(LSTMADHyperparameters(context_length=5, prediction_length=2, hidden_size=4), 1).eval()
    for runtime, network in (("onnx", "Session"), ("torch", "TorchNetwork")):
        save(model, tmp_path, runtime)
        assert type(load(tmp_path).predictor().network).__name__ == network
