"""K-Means on features that leave clusters empty, or a silhouette undefined."""

import math

import numpy as np
import pytest

from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.errors import DataError
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL
from tests.recorder import Recorder

CENTROIDS = np.array([[0, 0], [9, 9]], np.float32)


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ([[0, 0], [0, 1], [1, 0]], "all series are in one cluster"),
        ([[0, 1]], "all series are in one cluster"),
        ([[0, 1], [8, 9]], "every series is in a cluster of its own"),
        ([[0, 1], [1, 0], [8, 9]], None),
    ],
)
def test_a_score_is_defined_or_comes_with_the_reason_why_not(features, reason):
    sentences = []
    score = kmeans.score(np.array(features, np.float32), "valid_score", CENTROIDS, sentences.append)
    assert math.isnan(score) == bool(reason)
    assert [sentence.startswith(f"`valid_score` is nan: {reason}, ") for sentence in sentences] == [True] * bool(reason)


@pytest.mark.parametrize("algorithm", ["lloyd", "elkan"])
def test_fewer_distinct_series_than_clusters_are_one_warning_of_the_whole_training(two_shapes, algorithm):
    table = Table.of(np.repeat(two_shapes[0].values[1:6], 3, axis=0))
    recorder = Recorder()
    sizes = SMALL.model_copy(update={"clusters": 8, "epochs": 3, "algorithm": algorithm})
    CNNKMeans.fit(sizes, [table], [], Run(listener=recorder))
    (warning,) = recorder.warnings
    assert warning == "3 of 8 clusters have no series: too few series differ. Lower `clusters`, or add series."


@pytest.mark.parametrize(
    ("scores", "number"),
    [
        ([0.5, 0.4, 0.9], 2),
        ([0.3, 0.4, 0.4, 0.2, 0.9], 3),
        ([0.1, 0.2, 0.3], 4),
        ([0.1, math.nan, 0.3], 2),
        ([math.nan, math.nan], 2),
        ([0.2], 2),
    ],
)
def test_the_first_peak_is_the_smallest_number_that_its_neighbours_do_not_surpass(scores, number):
    assert kmeans.first_peak(dict(enumerate(scores, 2))) == number


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@pytest.mark.parametrize("rows", [3, 40])
def test_a_number_is_chosen_for_few_series_and_for_equal_ones(rows):
    recorder = Recorder()
    sizes = SMALL.model_copy(update={"clusters": 0, "max_clusters": 4, "epochs": 1})
    model = CNNKMeans.fit(sizes, [Table.of(np.ones((rows, 12)))], [], Run(listener=recorder))
    assert model.hyperparameters.clusters == 2
    assert all(map(math.isnan, recorder.facts["silhouettes"].values()))


def test_two_series_are_too_few_to_choose_a_number(two_shapes):
    with pytest.raises(DataError, match=r"`clusters` 0 needs at least three series, .* 2: give the number of"):
        CNNKMeans.fit(SMALL.model_copy(update={"clusters": 0}), [two_shapes[0].head(2)], [], Run())
