import numpy as np
import pytest

from seriesbox.cnn_kmeans.distances import Position, distances, nearest


@pytest.mark.parametrize("offset", [0, 1e4])
def test_places_are_those_of_plain_distances(offset):
    random = np.random.default_rng(0)
    features, centroids = (random.normal(offset, 1, (count, 5)).astype(np.float32) for count in (400, 7))
    plain = np.linalg.norm(features[:, None].astype(float) - centroids, axis=2)
    order, (own, other) = plain.argsort(axis=1), np.sort(plain, axis=1)[:, :2].T
    labels = nearest(features, centroids)
    np.testing.assert_array_equal(labels, order[:, 0])
    np.testing.assert_allclose(distances(features, labels, centroids), own)
    position = Position.of(features, centroids)
    np.testing.assert_array_equal(position.label, labels)
    np.testing.assert_array_equal(position.second, order[:, 1])
    np.testing.assert_allclose(position.distance, own)
    np.testing.assert_allclose(position.margin, (other - own) / other, atol=1e-12)


def test_a_series_on_a_centroid_is_sure_and_one_on_equal_centroids_or_between_two_is_on_the_fence():
    centroids = np.array([[3, 0], [0, 4], [0, 4], [9, 0]], np.float32)
    features = np.array([[3, 0], [0, 4], [0, 3], [6, 0]], np.float32)
    position = Position.of(features, centroids)
    assert position.margin.tolist() == [1, 0, 0, 0]
    assert position.second.tolist() == [1, 2, 2, 3]
    assert position.distance.tolist() == [0, 0, 1, 3]
