"""The features of a series that K-Means sees, and those of them that an answer has."""

import json

import numpy as np
import pytest
import torch

from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.normalization import Normalization
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, scale_and_align
from seriesbox.errors import ArtifactError
from seriesbox.model_folder import DESCRIPTION
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.cnn_kmeans.seen import seen
from tests.cnn_kmeans.small import SMALL
from tests.predictions import predictions


@pytest.fixture(scope="module")
def normalized(two_shapes):
    return CNNKMeans.fit(SMALL.model_copy(update={"features": "normalized"}), [two_shapes[0]], [], Run())


@pytest.fixture(scope="module")
def raw(two_shapes):
    return CNNKMeans.fit(SMALL.model_copy(update={"features": "raw"}), [two_shapes[0]], [], Run())


@pytest.mark.parametrize("features", ["normalized", "halves"])
def test_a_long_series_is_encoded_in_stretches_as_in_one(features, model, normalized):
    model = model if features == "halves" else normalized
    long = np.random.default_rng(0).normal(size=(2, 3 * CHUNK_STEPS + 5))
    long[1, 2 * CHUNK_STEPS + 1 :] = np.nan
    in_stretches = seen(model.predictor(), Table.of(long))
    scaled = scale_and_align(long[:, None], "dataset", model.predictor().scaler)
    series, lengths = (torch.from_numpy(each) for each in scaled)
    end = lengths[:, None]
    first, last = torch.zeros_like(end), end
    if features == "halves":
        first, last = torch.hstack([first, first, end // 2]), torch.hstack([end, end - end // 2, end])
    with torch.inference_mode():
        whole = model.encoder.head(model.encoder.pool(series, first, last)).flatten(1).numpy()
    normalization = Normalization(model.normalization.matrix.numpy(), model.normalization.mean.numpy())
    np.testing.assert_allclose(in_stretches, normalization(whole), rtol=1e-5, atol=1e-5)


def test_answers_have_the_same_columns_whatever_k_means_sees(model, normalized, raw, two_shapes):
    for details in (None, Details()):
        names = {tuple(each.predictor().names(details)) for each in (model, normalized, raw)}
        shapes = {predict(each.predictor(), two_shapes[0], details).shape for each in (model, normalized, raw)}
        assert shapes == {(len(two_shapes[0].values), len(*names))}


def test_an_answer_has_the_features_of_the_whole_as_if_there_were_no_halves(model, normalized, two_shapes):
    whole = predictions(model, two_shapes[0])[:, 1:]
    np.testing.assert_array_equal(whole, seen(model.predictor(), two_shapes[0])[:, : SMALL.output_size])
    np.testing.assert_allclose(whole, predictions(normalized, two_shapes[0])[:, 1:], rtol=1e-4, atol=1e-5)


def test_k_means_sees_either_half_by_itself(model, two_shapes):
    values = np.nan_to_num(two_shapes[0].values)
    changed = values.copy()
    changed[:, 20:] = 0
    before, after = (seen(model.predictor(), Table.of(each)) for each in (values, changed))
    whole, first, second = np.hsplit(after - before, 3)
    np.testing.assert_allclose(first, 0, atol=1e-5)  # the encoder is causal
    assert np.abs(whole).max() > 0.01
    assert np.abs(second).max() > 0.01


def test_a_model_whose_halves_are_absurd_is_refused_though_its_answers_do_not_show_them(tmp_path):
    model = CNNKMeans(SMALL, 40)
    model.normalization.mean[2], model.normalization.matrix[2] = -3e38, 1
    save(model, tmp_path)
    with pytest.raises(ArtifactError, match="predictions for constant data are not finite"):
        load(tmp_path).predictor()


def test_a_series_of_one_step_is_both_its_halves(model):
    assert np.isfinite(seen(model.predictor(), Table.of(np.array([[0.3], [2.0]])))).all()


def test_a_model_of_before_features_were_normalized_answers_as_it_did(raw, two_shapes, tmp_path):
    save(raw, tmp_path)
    description = json.loads((tmp_path / DESCRIPTION).read_text())
    for name in ("features", "max-clusters", "min-updates"):
        del description["hyperparameters"][name]
    (tmp_path / DESCRIPTION).write_text(json.dumps(description))
    with torch.inference_mode():
        series, lengths = scale_and_align(two_shapes[0].values[1:2, None], "dataset", raw.predictor().scaler)
        features = raw.encoder(torch.from_numpy(series), torch.from_numpy(lengths))
    answer = predict(load(tmp_path).predictor(), Table.of(two_shapes[0].values[1:2]))
    np.testing.assert_allclose(answer[:, 1:], features, rtol=1e-5, atol=1e-6)
