import numpy as np
import pytest
from sklearn.cluster import KMeans

from seriesbox.cnn_kmeans.distances import nearest
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.errors import DataError
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


def test_series_that_are_as_all_of_the_training_have_no_direction():
    series = Table.of(np.tile(np.sin(np.arange(30) / 3), (12, 1)))
    model = CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), [series], [], Run())
    for rows in (1, 7):
        assert not predictions(model, series.head(rows))[:, 1:].any()
