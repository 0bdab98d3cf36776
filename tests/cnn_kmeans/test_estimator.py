from functools import partial
from itertools import chain, repeat

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from seriesbox.algorithm import predict
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans import estimator, final_clusters
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.errors import STOPPED_BEFORE_TRAINING, DataError, UserError
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.cnn_kmeans.seen import seen
from tests.cnn_kmeans.small import SMALL
from tests.predictions import predictions
from tests.recorder import Recorder


def test_planted_clusters_are_found(model, two_shapes):
    table, fast = two_shapes
    labels = predictions(model, table)[:, 0]
    assert np.mean(labels == fast) in (0, 1)


def test_elkan_finds_the_same_clusters(two_shapes):
    table, fast = two_shapes
    model = CNNKMeans.fit(SMALL.model_copy(update={"algorithm": "elkan"}), [table], [], Run())
    assert np.mean(predictions(model, table)[:, 0] == fast) in (0, 1)


def test_the_same_seed_gives_the_same_model_and_another_seed_another(two_shapes):
    def weights(seed):
        hyperparameters = SMALL.model_copy(update={"epochs": 2, "seed": seed})
        return torch.cat(
            [t.flatten() for t in CNNKMeans.fit(hyperparameters, [two_shapes[0]], [], Run()).state_dict().values()]
        )

    torch.testing.assert_close(weights(0), weights(0), rtol=0, atol=0)
    assert not torch.equal(weights(0), weights(1))


def test_the_model_does_not_depend_on_whether_it_is_validated(two_shapes):
    table = two_shapes[0]
    hyperparameters = SMALL.model_copy(update={"epochs": 2})
    alone = CNNKMeans.fit(hyperparameters, [table], [], Run())
    validated = CNNKMeans.fit(hyperparameters, [table], [Table.of(table.values[:7])], Run())
    for name in ("encoder", "scaler"):
        torch.testing.assert_close(
            getattr(alone, name).state_dict(), getattr(validated, name).state_dict(), rtol=0, atol=0
        )


def test_a_stopped_training_gives_a_whole_model(two_shapes, monkeypatch):
    monkeypatch.setattr(final_clusters, "SCORED_SERIES", 20)
    after_a_step, recorder = chain([False], repeat(True)), Recorder()
    run = Run(stopped=partial(next, after_a_step), listener=recorder)
    stopped = CNNKMeans.fit(SMALL, [two_shapes[0]], [], run)
    assert stopped.centroids.unique(dim=0).shape == (2, SMALL.features_per_series)
    assert np.isfinite(predictions(stopped, two_shapes[0])).all()
    assert (stopped.radii > 0).all()
    assert recorder.tables.keys() == {"clusters", "medoids"}


def test_a_training_that_is_stopped_before_its_first_step_gives_none(two_shapes):
    with pytest.raises(UserError, match=STOPPED_BEFORE_TRAINING):
        CNNKMeans.fit(SMALL, [two_shapes[0]], [], Run(stopped=lambda: True))


def test_more_clusters_than_series_is_refused_before_training(two_shapes):
    table = Table.of(two_shapes[0].values[:5])
    with pytest.raises(DataError, match="8 clusters need at least as many series, but the training data has 5"):
        CNNKMeans.fit(CNNKMeansHyperparameters(epochs=100_000), [table], [], Run())


def test_the_scores_of_many_series_are_those_of_a_sample(two_shapes, monkeypatch):
    monkeypatch.setattr(estimator, "SCORED_SERIES", 7)
    recorder = Recorder()
    CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), [two_shapes[0]], [two_shapes[0]], Run(listener=recorder))
    assert np.isfinite(list(recorder.history[0].values())).all()


def test_the_clusters_of_many_series_are_those_of_a_sample(two_shapes, monkeypatch):
    monkeypatch.setattr(final_clusters, "CLUSTERED_SERIES", 20)
    table, _ = two_shapes
    model = CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), [table], [], Run())
    labels, features = predictions(model, table)[::3, 0], seen(model.predictor(), table)[::3]
    for label, centroid in enumerate(model.centroids):
        np.testing.assert_allclose(features[labels == label].mean(axis=0), centroid, atol=1e-5)


def test_the_number_of_clusters_is_found_and_its_scores_are_told(two_shapes, tmp_path):
    recorder = Recorder()
    sizes = SMALL.model_copy(update={"clusters": 0, "max_clusters": 5})
    model = CNNKMeans.fit(sizes, [two_shapes[0]], [two_shapes[0]], Run(listener=recorder))
    assert model.hyperparameters.clusters == len(model.centroids) == 2
    assert list(recorder.facts["silhouettes"]) == [2, 3, 4, 5]
    assert max(recorder.facts["silhouettes"].values()) == recorder.facts["silhouettes"][2]
    save(model, tmp_path)
    labels = predict(load(tmp_path).predictor(), two_shapes[0])[:, 0]
    assert adjusted_rand_score(two_shapes[1], labels) == 1


def test_more_epochs_than_asked_for_are_made_for_the_least_number_of_updates(two_shapes):
    recorder = Recorder()
    sizes = SMALL.model_copy(update={"epochs": 1, "min_updates": 7})  # three steps an epoch
    CNNKMeans.fit(sizes, [two_shapes[0]], [], Run(listener=recorder))
    assert recorder.epochs == [1, 2, 3]
