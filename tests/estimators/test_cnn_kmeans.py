import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.metrics import silhouette_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seriesbox import CNNKMeans
from seriesbox.errors import DataError, HyperparameterError
from tests.estimators.conftest import CLUSTERER


def series_of(values) -> list[np.ndarray]:
    """The same series without their missing ends."""
    return [row[: 1 + np.flatnonzero(~np.isnan(row))[-1]] for row in values]


def test_labels_are_those_of_predict_and_tell_the_shapes_apart(clusters, two_shapes):
    values, is_fast = two_shapes[0].values, two_shapes[1]
    np.testing.assert_array_equal(clusters.labels_, clusters.predict(values))
    assert max((clusters.labels_ == is_fast).mean(), (clusters.labels_ != is_fast).mean()) > 0.9


def test_a_list_of_series_of_any_length_is_a_table_with_missing_ends(clusters, two_shapes):
    values = two_shapes[0].values
    np.testing.assert_array_equal(clusters.transform(series_of(values)), clusters.transform(values))
    np.testing.assert_array_equal(CNNKMeans(**CLUSTERER).fit_predict(series_of(values)), clusters.labels_)


def test_a_data_frame_is_its_values(clusters, two_shapes):
    frame = pd.DataFrame(two_shapes[0].values)
    np.testing.assert_array_equal(clusters.predict(frame), clusters.labels_)


@pytest.mark.parametrize("ragged", [False, True])
def test_variables_have_an_axis_and_need_not_be_told(two_shapes, ragged):
    values = np.nan_to_num(two_shapes[0].values).reshape(60, 2, 20)
    given = [each[:, : 20 - number % 3] for number, each in enumerate(values)] if ragged else values
    model = CNNKMeans(**CLUSTERER).fit(given)
    assert model.variables == 1  # as it was given
    assert model.medoids_[0].shape[0] == 2
    padded = [np.pad(each, [(0, 0), (0, 20 - each.shape[1])], constant_values=np.nan) for each in given]
    rows = CNNKMeans(**CLUSTERER, variables=2).fit(np.reshape(padded, (60, 40)))
    np.testing.assert_array_equal(model.labels_, rows.labels_)
    with pytest.raises(DataError, match="X has series of 3 variables, but the model is for 2"):
        model.predict(np.ones((4, 3, 5)))
    with pytest.raises(DataError, match=r"X has rows, but the training data has the shape \(N, 2, T\)"):
        model.predict(values[0])


def test_features_come_in_a_data_frame_if_it_is_asked_for(two_shapes):
    frame = pd.DataFrame(two_shapes[0].values, index=[f"beat {number}" for number in range(60)])
    frame.columns = [f"step {number}" for number in range(frame.shape[1])]
    model = CNNKMeans(**CLUSTERER).fit(frame)
    assert model.feature_names_in_.tolist() == [*frame.columns]
    features = model.transform(frame)
    pipeline = make_pipeline(FunctionTransformer(), model).set_output(transform="pandas")
    told = pipeline.transform(frame)
    pd.testing.assert_frame_equal(told, pd.DataFrame(features, frame.index, model.get_feature_names_out()))
    assert isinstance(model.transform([*frame.to_numpy()]), pd.DataFrame)
    with config_context(transform_output="pandas"):
        assert isinstance(clone(model).fit_transform(frame), pd.DataFrame)
    with pytest.raises(ValueError, match="`set_output` knows default and pandas, not 'polars'"):
        model.set_output(transform="polars").transform(frame)


def test_columns_keep_their_names_in_errors(two_shapes):
    frame = pd.DataFrame(two_shapes[0].values).rename(
        columns=lambda number: "batch-size" if not number else f"{number}"
    )
    model = CNNKMeans(**CLUSTERER).fit(frame)
    with pytest.raises(DataError, match="'batch-size'"):
        model.predict(frame.rename(columns={"batch-size": "other"}))


def test_parameters_are_given_by_name():
    with pytest.raises(TypeError, match="CNNKMeans takes its parameters by name: clusters=3"):
        CNNKMeans(3)


def test_medoids_are_series_of_their_clusters(clusters, two_shapes):
    assert clusters.predict(clusters.medoids_).tolist() == [0, 1]
    np.testing.assert_array_equal(clusters.medoids_[1], two_shapes[0].values[clusters.medoid_indices_[1]])


def test_score_is_the_silhouette(clusters, two_shapes):
    values = two_shapes[0].values
    expected = silhouette_score(clusters.transform(values), clusters.predict(values))
    assert clusters.score(values) == pytest.approx(expected, rel=1e-5)


def test_a_fit_keeps_the_metrics_of_every_epoch(two_shapes):
    values = two_shapes[0].values
    model = CNNKMeans(**CLUSTERER).fit(values, validation=values[:30])
    assert [each["epoch"] for each in model.history_] == [1, 2, 3, 4, 5]
    assert model.metrics_ == model.history_[-1]
    assert model.metrics_["valid_loss"] > 0


def test_labelled_series_judge_the_model(two_shapes):
    values, is_fast = two_shapes[0].values, two_shapes[1]
    model = CNNKMeans(**CLUSTERER).fit(values, test=(values, np.where(is_fast, "fast", "slow")))
    assert model.metrics_["test_accuracy"] > 0.9


def test_it_is_tuned_in_a_pipeline(two_shapes):
    pipeline = make_pipeline(FunctionTransformer(), CNNKMeans(**CLUSTERER))
    search = GridSearchCV(pipeline, {"cnnkmeans__clusters": [2, 5]}, cv=2)
    search.fit(two_shapes[0].values)
    assert search.best_params_ == {"cnnkmeans__clusters": 2}
    assert len(search.predict(two_shapes[0].values)) == 60


def test_what_is_given_is_not_changed(clusters, two_shapes):
    values = np.array(two_shapes[0].values)
    values.flags.writeable = False
    clusters.predict(values)
    CNNKMeans(**CLUSTERER | {"epochs": 1}).fit(values)


@pytest.mark.parametrize(
    ("parameters", "x", "sentence"),
    [
        ({"clusters": 1}, np.ones((9, 9)), "`clusters` must be 0, for a number that is chosen from the data, or 2 to"),
        ({"epochs": 0.5}, np.ones((9, 9)), "`epochs` must be a whole number, not '0.5'"),
        ({}, np.ones(9), r"X has the shape \(9,\): give a row for each series"),
        ({}, [], "X is empty: it has 0 row"),
        ({}, [np.ones(9), np.ones((2, 9))], r"X has series of the shapes \(2, 9\), \(9,\)"),
        ({}, [[1.0, 2.0], ["a", 3.0]], r"X, row 2, is no array of numbers \(could not convert string to float"),
        (
            {},
            np.full((9, 9), np.inf),
            "X has numbers beyond 3.4e38, write NaN for what is missing: row 1, column 1 is inf",
        ),
        ({}, np.where(np.eye(9)[:, :1] > 0, np.nan, 1.0) + np.arange(9) % 2, "X has nothing in row 1"),
        ({"variables": 3}, np.ones((9, 2, 4)), "X has series of 2 variables, but `variables` is 3"),
    ],
)
def test_faults_are_one_sentence(parameters, x, sentence):
    with pytest.raises((HyperparameterError, DataError), match=sentence), warnings.catch_warnings(action="ignore"):
        CNNKMeans(**parameters).fit(x)
