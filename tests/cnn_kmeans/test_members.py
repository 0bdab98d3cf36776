import numpy as np
import pytest

from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.distances import distances, nearest
from seriesbox.cnn_kmeans.members import Members
from seriesbox.run import Run
from tests.recorder import Recorder

CENTROIDS = np.array([[0, 0], [90, 0], [0, 500]], np.float32)


def drawn(random, *sizes):
    """Draw features around the centroids, `sizes` of them around each."""
    around = CENTROIDS[np.repeat(np.arange(len(sizes)), sizes)]
    return (around + random.normal(size=around.shape)).astype(np.float32)


def test_new_series_are_outliers_at_the_rate():
    random, shares = np.random.default_rng(0), []
    for _ in range(100):
        radii = Members.of(drawn(random, 99, 199, 19), CENTROIDS, 1).radii(0.1, Run())
        new = drawn(random, 200, 200, 200)
        labels = nearest(new, CENTROIDS)
        shares.append((distances(new, labels, CENTROIDS) > radii[labels]).reshape(3, -1).mean(axis=1))
    np.testing.assert_allclose(np.mean(shares, axis=0), 0.1, atol=0.02)


def test_a_radius_is_the_distance_of_one_member_from_the_others():
    features = np.column_stack([np.arange(1, 101), np.zeros(100)]).astype(np.float32)
    centroids = np.array([[0, 0], [1000, 0]], np.float32)
    members = Members.of(features, centroids, 1)
    for rate, expected in ((0.001, 100), (0.01, 100), (0.02, 99), (0.5, 51)):
        np.testing.assert_allclose(members.radii(rate, Run())[0], expected * 100 / 99, rtol=1e-4)


def test_few_series_are_within_the_farthest_one_and_one_or_none_within_the_largest_radius():
    recorder = Recorder()
    centroids = np.concatenate([CENTROIDS, [[-999, 0]]]).astype(np.float32)
    members = Members.of(drawn(np.random.default_rng(0), 30, 7, 1), centroids, 1)
    radii = members.radii(0.1, Run(listener=recorder))
    assert members.distances[members.of_cluster(1)].max() * 7 / 6 == pytest.approx(radii[1], rel=0.01)
    assert radii[2:] == pytest.approx(max(radii[:2]), rel=0.01)
    assert recorder.facts["radii"] == radii.tolist()
    assert not recorder.warnings


@pytest.mark.parametrize("size", [2, 5, 30])
def test_the_farthest_of_few_is_exceeded_as_seldom_as_a_new_one_would_be_the_farthest(size):
    """The centroid is that of the members."""
    random, beyond = np.random.default_rng(0), 0
    for _ in range(1000):
        features = random.normal(size=(size + 1, 20)).astype(np.float32)
        centroids = np.stack([features[1:].mean(axis=0), np.full(20, 1e3, np.float32)])
        radius = Members.of(features[1:], centroids, 1).radii(0.001, Run())[0]
        beyond += distances(features[:1], np.zeros(1, int), centroids)[0] > radius
    assert beyond / 1000 == pytest.approx(1 / (size + 1), abs=0.1)


def test_blocks_do_not_change_the_members(monkeypatch):
    features = drawn(np.random.default_rng(0), 30, 7, 5)
    whole = Members.of(features, CENTROIDS, 1)
    monkeypatch.setattr("seriesbox.tables.blocks.BLOCK_CELLS", 12)
    for one, other in zip(Members.of(features, CENTROIDS, 1), whole, strict=True):
        np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("sizes", [(5, 7, 30), (30, 5, 7), (9, 9, 9)])
def test_the_first_cluster_has_the_most_series(sizes):
    features = drawn(np.random.default_rng(0), *sizes)
    centroids = kmeans.fit(features, 3, "lloyd", 3, 0, Recorder().warn)
    assert Members.of(features, centroids, 1).sizes.tolist() == sorted(sizes, reverse=True)
