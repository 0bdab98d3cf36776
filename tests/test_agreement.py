import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seriesbox.agreement import TOLERANCE, difference
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
        CNNKMeans(CNNKMeansHyperparameters(**sizes), columns).eval(),
        Table.of(ragged(columns)),
    ),
    columns=st.integers(1, 70),
    blocks=st.integers(0, 4),
    filters=SIZES,
    kernel_size=SIZES,
    reduced_size=SIZES,
    output_size=SIZES,
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
def test_what_a_model_is_said_to_consist_of_is_what_torch_makes(model_and_table):
    model, _ = model_and_table
    made = {name: (tensor.numpy().dtype, tuple(tensor.shape)) for name, tensor in model.state_dict().items()}
    assert model.predictor().shapes(model.hyperparameters, model.columns) == made


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
