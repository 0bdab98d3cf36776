from functools import partial
from itertools import chain, repeat

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans

from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans import estimator
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.predictor import nearest
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, interpolate, prepare
from seriesbox.errors import STOPPED_BEFORE_TRAINING, DataError, UserError
from seriesbox.run import Run
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.recorder import Recorder

SMALL = CNNKMeansHyperparameters(
    clusters=2,
    blocks=1,
    filters=8,
    reduced_size=8,
    output_size=6,
    negative_samples=5,
    batch_size=20,
    lr=0.01,
    epochs=15,
)


def predictions(model, table):
    return predict(model.predictor(), table)


@pytest.fixture(scope="module")
def model(two_shapes):
    return CNNKMeans.fit(SMALL, [two_shapes[0]], [], Run())


def test_planted_clusters_are_found(model, two_shapes):
    table, fast = two_shapes
    labels = predictions(model, table)[:, 0]
    assert np.mean(labels == fast) in (0, 1)


def test_a_stopped_training_gives_a_whole_model(two_shapes, monkeypatch):
    monkeypatch.setattr(estimator, "SCORED_SERIES", 20)
    after_a_step = chain([False], repeat(True))
    stopped = CNNKMeans.fit(SMALL, [two_shapes[0]], [], Run(stopped=partial(next, after_a_step)))
    assert stopped.centroids.unique(dim=0).shape == (2, SMALL.output_size)
    assert np.isfinite(predictions(stopped, two_shapes[0])).all()


def test_a_training_that_is_stopped_before_its_first_step_gives_none(two_shapes):
    with pytest.raises(UserError, match=STOPPED_BEFORE_TRAINING):
        CNNKMeans.fit(SMALL, [two_shapes[0]], [], Run(stopped=lambda: True))


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


def test_the_same_seed_gives_the_same_model_and_another_seed_another(two_shapes):
    def weights(seed):
        hyperparameters = SMALL.model_copy(update={"epochs": 2, "seed": seed})
        return torch.cat(
            [t.flatten() for t in CNNKMeans.fit(hyperparameters, [two_shapes[0]], [], Run()).state_dict().values()]
        )

    torch.testing.assert_close(weights(0), weights(0), rtol=0, atol=0)
    assert not torch.equal(weights(0), weights(1))


def test_files_are_stacked_and_metrics_reported_every_epoch(two_shapes):
    values = two_shapes[0].values
    heard = Recorder()
    hyperparameters = SMALL.model_copy(update={"epochs": 3})
    parts = [Table.of(values[:30]), Table.of(values[30:, :35])]
    CNNKMeans.fit(hyperparameters, parts, [Table.of(values[:10])], Run(listener=heard))
    assert heard.epochs == [1, 2, 3]
    for metrics in heard.history:
        assert list(metrics) == ["epoch", *CNNKMeans.metrics]
        assert np.isfinite(list(metrics.values())).all()


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_neither_files_nor_blocks_nor_their_memory_change_what_is_learnt(two_shapes, monkeypatch, scaling):
    table = two_shapes[0]
    values = np.where(np.isnan(table.values), np.nan, table.values + 1e9)
    hyperparameters = SMALL.model_copy(update={"epochs": 1, "scaling": scaling})

    def fitted(parts, own):
        tables = [Table.of(part) for part in parts]
        return CNNKMeans.fit(hyperparameters, stack_tables(tables) if own else tables, [], Run()).state_dict()

    whole = fitted([values], own=False)
    for cells in (1, 100, 1_000_000):
        monkeypatch.setattr("seriesbox.tables.blocks.CELLS", cells)
        for own in (False, True):
            torch.testing.assert_close(fitted(np.split(values, [7, 8, 40]), own), whole, rtol=1e-5, atol=1e-5)


def test_every_row_with_nothing_in_it_is_named_over_all_files(two_shapes):
    empty = two_shapes[0].values[:5].copy()
    empty[[1, 3]] = np.nan
    with pytest.raises(DataError) as caught:
        CNNKMeans.fit(SMALL, [Table.of(empty, "a"), two_shapes[0]], [Table.of(empty[2:], "b")], Run())
    advice = "give every series a value, or remove its row."
    assert str(caught.value) == f"a has nothing in row 2; row 4: {advice} b has nothing in row 2: {advice}"


def test_more_clusters_than_series_is_refused_before_training(two_shapes):
    table = Table.of(two_shapes[0].values[:5])
    with pytest.raises(DataError, match="8 clusters need at least as many series, but the training channel has 5"):
        CNNKMeans.fit(CNNKMeansHyperparameters(epochs=100_000), [table], [], Run())


def test_the_model_does_not_depend_on_whether_it_is_validated(two_shapes):
    table = two_shapes[0]
    hyperparameters = SMALL.model_copy(update={"epochs": 2})
    alone = CNNKMeans.fit(hyperparameters, [table], [], Run())
    validated = CNNKMeans.fit(hyperparameters, [table], [Table.of(table.values[:7])], Run())
    for name in ("encoder", "scaler"):
        torch.testing.assert_close(
            getattr(alone, name).state_dict(), getattr(validated, name).state_dict(), rtol=0, atol=0
        )


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_every_scaling_gives_the_encoder_series_of_like_size(two_shapes, scaling):
    values = two_shapes[0].values * np.float32(1e4) + np.float32(5e6)
    hyperparameters = SMALL.model_copy(update={"epochs": 1, "scaling": scaling})
    model = CNNKMeans.fit(hyperparameters, [Table.of(values)], [], Run())
    series, lengths = prepare(interpolate(values), scaling, model.predictor().scaler)
    valid = series[np.arange(series.shape[1]) < lengths[:, None]]
    assert abs(float(valid.mean())) < 0.1
    assert 0.8 < float(valid.std()) < 1.2


def test_extreme_values_have_finite_features(model, two_shapes):
    values = two_shapes[0].values[:3].copy()
    values[0], values[1, 5], values[2] = 3e38, -3e38, 1e-38
    assert np.isfinite(predictions(model, Table.of(values))).all()


def test_elkan_finds_the_same_clusters(two_shapes):
    table, fast = two_shapes
    model = CNNKMeans.fit(SMALL.model_copy(update={"algorithm": "elkan"}), [table], [], Run())
    assert np.mean(predictions(model, table)[:, 0] == fast) in (0, 1)


def test_scores_of_many_series_are_taken_on_some_of_all_of_them(two_shapes, monkeypatch):
    monkeypatch.setattr(estimator, "SCORED_SERIES", 7)
    heard = Recorder()
    CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), [two_shapes[0]], [two_shapes[0]], Run(listener=heard))
    assert np.isfinite(list(heard.history[0].values())).all()


def test_clusters_of_many_series_are_those_of_some_of_all_of_them(two_shapes, monkeypatch):
    monkeypatch.setattr(estimator, "CLUSTERED_SERIES", 20)
    table, _ = two_shapes
    model = CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), [table], [], Run())
    outputs = predictions(model, table)[::3]
    for label, centroid in enumerate(model.centroids):
        np.testing.assert_allclose(outputs[outputs[:, 0] == label, 1:].mean(axis=0), centroid, atol=1e-5)


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


def test_a_single_series_to_validate_with_is_refused(two_shapes):
    with pytest.raises(DataError, match="validation channel has one series"):
        CNNKMeans.fit(SMALL, [two_shapes[0]], [Table.of(two_shapes[0].values[:1])], Run())


def test_a_longer_validation_series_is_named_where_steps_are_scaled_one_by_one(two_shapes):
    longer = Table.of(np.random.default_rng(0).normal(size=(4, 41)))
    hyperparameters = SMALL.model_copy(update={"scaling": "step"})
    with pytest.raises(DataError, match="series have up to 41 steps, but the model was trained on 40"):
        CNNKMeans.fit(hyperparameters, [two_shapes[0]], [longer], Run())


def test_a_long_series_is_encoded_in_stretches_as_in_one(model):
    long = np.random.default_rng(0).normal(size=(2, 3 * CHUNK_STEPS + 5))
    long[1, 2 * CHUNK_STEPS + 1 :] = np.nan
    in_stretches = predictions(model, Table.of(long))[:, 1:]
    series, lengths = prepare(long, "dataset", model.predictor().scaler)
    with torch.inference_mode():
        whole = model.encoder(torch.from_numpy(series), torch.from_numpy(lengths))
    np.testing.assert_allclose(in_stretches, whole, rtol=1e-5, atol=1e-6)
