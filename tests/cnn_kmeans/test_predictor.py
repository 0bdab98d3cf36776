import json

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans

from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.distances import nearest
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.normalization import Normalization
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, scale_and_align
from seriesbox.errors import DataError
from seriesbox.model_folder import DESCRIPTION
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL
from tests.predictions import predictions


def test_a_row_out_for_every_row_in_and_rows_do_not_depend_on_each_other(model, two_shapes):
    values = two_shapes[0].values
    output = predictions(model, Table.of(values))
    assert output.shape == (len(values), 1 + SMALL.output_size)
    assert np.isfinite(output).all()
    row_by_row = np.concatenate([predictions(model, Table.of(values[i : i + 1])) for i in range(len(values))])
    np.testing.assert_allclose(output, row_by_row, rtol=1e-5, atol=1e-6)


def test_a_shorter_series_is_the_same_as_one_with_missing_cells_at_its_end(model, two_shapes):
    values = two_shapes[0].values[:1].copy()
    values[:, 20:] = np.nan
    whole, cut = (predictions(model, Table.of(each)) for each in (values, values[:, :20]))
    np.testing.assert_allclose(whole, cut, rtol=1e-5, atol=1e-6)


def test_labels_are_scikit_learns():
    features = np.random.default_rng(0).normal(size=(500, 6)).astype(np.float32)
    kmeans = KMeans(2, n_init=1, random_state=0).fit(features)
    np.testing.assert_array_equal(nearest(features, kmeans.cluster_centers_), kmeans.predict(features))


def test_extreme_values_have_finite_features(model, two_shapes):
    values = two_shapes[0].values[:3].copy()
    values[0], values[1, 5], values[2] = 3e38, -3e38, 1e-38
    assert np.isfinite(predictions(model, Table.of(values))).all()


def test_a_longer_series_than_any_trained_on_is_clustered_unless_steps_are_scaled_one_by_one(two_shapes):
    longer = Table.of(np.tile(two_shapes[0].values[1:2], 3))
    for scaling in ("dataset", "series"):
        hyperparameters = SMALL.model_copy(update={"epochs": 1, "scaling": scaling})
        assert np.isfinite(predictions(CNNKMeans.fit(hyperparameters, [two_shapes[0]], [], Run()), longer)).all()
    model = CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1, "scaling": "step"}), [two_shapes[0]], [], Run())
    with pytest.raises(DataError, match="up to 120 steps, but the model was trained on 40"):
        predictions(model, longer)


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_series_that_never_change_are_clustered_too():
    flat = Table.of(np.repeat(np.float32([[0.1], [0.1], [7.3]]), 12, axis=1))
    for scaling in ("dataset", "series", "step"):
        hyperparameters = SMALL.model_copy(update={"epochs": 1, "scaling": scaling})
        assert np.isfinite(predictions(CNNKMeans.fit(hyperparameters, [flat], [], Run()), flat)).all()


@pytest.fixture(scope="module")
def halves(two_shapes):
    return CNNKMeans.fit(SMALL.model_copy(update={"features": "halves"}), [two_shapes[0]], [], Run())


@pytest.mark.parametrize("features", ["normalized", "halves"])
def test_a_long_series_is_encoded_in_stretches_as_in_one(features, model, halves):
    model = halves if features == "halves" else model
    long = np.random.default_rng(0).normal(size=(2, 3 * CHUNK_STEPS + 5))
    long[1, 2 * CHUNK_STEPS + 1 :] = np.nan
    in_stretches = predictions(model, Table.of(long))[:, 1:]
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


def test_features_of_halves_follow_those_of_the_whole(model, halves, two_shapes):
    values, size = np.nan_to_num(two_shapes[0].values), SMALL.output_size
    whole, answer = (predictions(each, Table.of(values))[:, 1:] for each in (model, halves))
    assert answer.shape == (len(values), 3 * size)
    np.testing.assert_allclose(answer[:, :size] * np.sqrt(3), whole, rtol=1e-4, atol=1e-5)
    changed = values.copy()
    changed[:, 20:] = 0
    whole, first, second = np.hsplit(predictions(halves, Table.of(changed))[:, 1:] - answer, 3)
    np.testing.assert_allclose(first, 0, atol=1e-5)  # the encoder is causal
    assert np.abs(whole).max() > 0.01
    assert np.abs(second).max() > 0.01


def test_a_model_of_halves_is_loaded_and_knows_the_columns_of_its_answers(halves, two_shapes, tmp_path):
    save(halves, tmp_path)
    loaded, details = load(tmp_path).predictor(), Details()
    answer = np.concatenate(list(loaded.predict(two_shapes[0], details)))
    plain = predictions(halves, two_shapes[0])
    np.testing.assert_allclose(answer[:, : plain.shape[1]], plain, rtol=1e-4, atol=1e-5)
    names = loaded.names(details)
    assert len(names) == answer.shape[1]
    margins = loaded.drift(answer)["margin_median"].astype(np.float32)
    np.testing.assert_array_equal(margins, answer[:, names.index("margin")])


def test_a_series_of_one_step_is_both_its_halves(halves):
    assert np.isfinite(predictions(halves, Table.of(np.array([[0.3], [2.0]])))).all()


def test_a_model_of_before_features_were_normalized_answers_as_it_did(two_shapes, tmp_path):
    model = CNNKMeans.fit(SMALL.model_copy(update={"features": "raw"}), [two_shapes[0]], [], Run())
    save(model, tmp_path)
    description = json.loads((tmp_path / DESCRIPTION).read_text())
    for name in ("features", "max-clusters", "min-updates"):
        del description["hyperparameters"][name]
    (tmp_path / DESCRIPTION).write_text(json.dumps(description))
    with torch.inference_mode():
        series, lengths = scale_and_align(two_shapes[0].values[1:2, None], "dataset", model.predictor().scaler)
        raw = model.encoder(torch.from_numpy(series), torch.from_numpy(lengths))
    answer = predict(load(tmp_path).predictor(), Table.of(two_shapes[0].values[1:2]))
    np.testing.assert_allclose(answer[:, 1:], raw, rtol=1e-5, atol=1e-6)


def test_series_that_are_as_all_of_the_training_have_no_direction():
    series = Table.of(np.tile(np.sin(np.arange(30) / 3), (12, 1)))
    model = CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), [series], [], Run())
    for rows in (1, 7):
        assert not predictions(model, series.head(rows))[:, 1:].any()
