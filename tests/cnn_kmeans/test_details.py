"""The columns of an answer after the published ones."""

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.answers import NEEDS_TRAINING, Details
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.errors import DataError
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.cnn_kmeans.seen import seen
from tests.cnn_kmeans.small import SMALL
from tests.older import remove_tensor
from tests.predictions import predictions

PUBLISHED = ["label", "feature_1", "feature_2", "feature_3", "feature_4", "feature_5", "feature_6"]


@pytest.fixture(scope="module")
def strange(two_shapes) -> Table:
    """The series, and some unlike them."""
    values = two_shapes[0].values
    return Table.of(np.concatenate([values, values[:5] * 30, np.random.default_rng(0).normal(size=(9, 40))]))


@pytest.fixture
def older(model, tmp_path):
    """The predictor of the model as it was before there were radii."""
    save(model, tmp_path)
    remove_tensor(tmp_path, "radii")
    return load(tmp_path).predictor()


def verbose(predictor, table: Table) -> dict[str, np.ndarray]:
    answer = predict(predictor, table, Details())
    assert answer.dtype == np.float32
    return dict(zip(predictor.names(Details()), answer.T, strict=True))


def test_the_published_columns_come_first_and_are_the_same(model, strange):
    predictor = model.predictor()
    answer = verbose(predictor, strange)
    assert predictor.names(None) == PUBLISHED
    assert list(answer) == [*PUBLISHED, "distance", "margin", "second", "outlier"]
    plain = predictions(model, strange)
    assert np.column_stack([answer[name] for name in PUBLISHED]).tobytes() == plain.tobytes()


def test_columns_are_what_their_names_say(model, strange):
    answer = verbose(model.predictor(), strange)
    features = seen(model.predictor(), strange)  # of halves too, which the answer does not have
    (own, other), labels = np.linalg.norm(features - model.centroids.numpy()[:, None], axis=2), answer["label"] == 1
    own, other = np.where(labels, other, own), np.where(labels, own, other)
    np.testing.assert_allclose(answer["distance"], own, rtol=1e-5)
    np.testing.assert_allclose(answer["margin"], (other - own) / other, atol=1e-6)
    np.testing.assert_array_equal(answer["second"], 1 - answer["label"])
    np.testing.assert_array_equal(answer["outlier"], own > model.radii.numpy()[labels.astype(int)])
    assert not answer["outlier"][:60].any()  # too few are known for outliers among them
    assert answer["outlier"][60:].any()


def test_drift_is_told_from_either_answer_as_the_columns_tell_it(model, strange):
    answer = verbose(model.predictor(), strange)
    for details in (None, Details()):
        ((_, drift),) = model.predictor().predict(strange, details)
        assert drift.keys() == {"outliers", "margin_median"}
        np.testing.assert_array_equal(drift["outliers"], answer["outlier"].astype(bool))
        np.testing.assert_array_equal(drift["margin_median"].astype(np.float32), answer["margin"])


def test_an_older_model_answers_as_it_did_and_says_what_it_lacks(older, model, strange):
    ((answer, drift),) = older.predict(strange)
    np.testing.assert_allclose(answer, predictions(model, strange), rtol=1e-4, atol=1e-5)
    assert older.names(None) == PUBLISHED
    assert drift == {}
    with pytest.raises(DataError, match=NEEDS_TRAINING):
        older.names(Details())


def test_a_threshold_is_refused(model):
    with pytest.raises(DataError, match="threshold is for models that give scores"):
        model.predictor().names(Details(threshold=0.5))


def test_radii_are_saved_and_fitted_anew_from_a_warm_start(model, two_shapes, tmp_path):
    save(model, tmp_path)
    loaded = load(tmp_path).estimator()
    np.testing.assert_array_equal(loaded.radii, model.radii)
    quick = SMALL.model_copy(update={"epochs": 1, "false_alarm_rate": 0.3})
    anew = CNNKMeans.fit(quick, [two_shapes[0]], [], Run(), loaded)
    assert 0.2 < verbose(anew.predictor(), two_shapes[0])["outlier"].mean() < 0.3
