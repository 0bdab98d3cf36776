from functools import partial

import numpy as np
import pytest
import torch

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.fixed_encoding import encode_fixed
from seriesbox.cnn_kmeans.ragged_encoding import encode_ragged
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.network.gpu import tf32
from seriesbox.network.torch_network import arrays
from tests.gpu.problems import CPU, GPU, each_algorithm, fit, needs_gpu, predictions

pytestmark = needs_gpu


def features_and_gradients(encoder, encode):
    features = encode()
    loss = (features.tanh() * torch.arange(features.numel(), device=features.device).view_as(features).cos()).sum()
    gradients = torch.autograd.grad(loss, list(encoder.parameters()))
    return features.detach().cpu().double(), torch.cat([each.flatten() for each in gradients]).cpu().double()


@pytest.mark.parametrize("rows", [3, 200], ids=["few series", "many"])
@pytest.mark.parametrize("steps_at_once", [2000, 10**7])
def test_a_step_differs_from_float64_by_rounding(rows, steps_at_once):
    torch.manual_seed(0)
    encoder = Encoder(blocks=2, filters=16, kernel_size=3, reduced_size=24, output_size=10, variables=2)
    series = torch.randn(rows, 2, 150)
    length = torch.randint(1, 151, (120,))
    start = (torch.rand(120) * (150 - length + 1)).long()
    drawn = Subsequences(torch.randint(0, rows, (120,)), start, length)
    exact = features_and_gradients(encoder.double(), partial(encode_ragged, encoder, series.double(), drawn))
    encoder.float().to(GPU)
    on_gpu = Subsequences(*(each.to(GPU) for each in drawn))
    encode = partial(encode_fixed, encoder, series.to(GPU), on_gpu, steps_at_once)
    for found, expected in zip(features_and_gradients(encoder, encode), exact, strict=True):
        assert float((found - expected).abs().max() / expected.abs().max()) < 1e-5
    with tf32():
        rounded = features_and_gradients(encoder, encode)
    for found, expected in zip(rounded, exact, strict=True):
        assert float((found - expected).abs().max() / expected.abs().max()) < 2e-2


@each_algorithm
def test_a_model_of_a_gpu_answers_the_same_on_a_cpu(algorithm):
    pytest.importorskip("onnxruntime")
    from seriesbox.network.onnx_session import Session

    model = fit(algorithm)
    there = predictions(model.predictor(), algorithm)
    predictor = model.to(CPU).predictor()
    predictor.network = Session(predictor.graph(model.hyperparameters, arrays(model.state_dict())), threads=1)
    here = predictions(predictor, algorithm)
    if algorithm is CNNKMeans:
        assert (there[:, 0] == here[:, 0]).all()
    spread = np.nanmax(there, axis=0) - np.nanmin(there, axis=0)
    assert np.nanmax(np.abs(there - here) / spread) < 1e-4
