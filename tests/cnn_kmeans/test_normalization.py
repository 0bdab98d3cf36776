import numpy as np

from seriesbox.cnn_kmeans.normalization import FLOOR, fit_normalization, unit_length


def uneven(count=500):
    """Return features of variances 100, 1 and 0, turned and far from the origin."""
    random = np.random.default_rng(0)
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    return (random.normal(size=(count, 3)) * [10, 1, 0] @ turn + 50).astype(np.float32)


def test_weak_directions_gain_as_much_as_the_floor_allows():
    features = uneven()
    normalization = fit_normalization(features)
    before = np.sort(np.linalg.eigvalsh(np.cov(features.T)))[1:]
    after = np.sort(np.linalg.eigvalsh(np.cov((features @ normalization.matrix[0]).T)))[1:]
    np.testing.assert_allclose(after, np.sort(before / (before + FLOOR * before.max())), rtol=0.01)


def test_series_that_are_fewer_than_features_are_evened_out_as_many_are():
    few = np.random.default_rng(0).normal(3, 2, (5, 8)).astype(np.float32)
    many = np.repeat(few, 4, axis=0)  # of the same variances
    one, other = fit_normalization(few), fit_normalization(many)
    np.testing.assert_allclose(one.matrix, other.matrix, atol=1e-6)


def test_normalized_features_have_unit_length_and_those_of_the_mean_none():
    features = uneven()
    normalization = fit_normalization(features)
    np.testing.assert_allclose(np.linalg.norm(normalization(features), axis=1), 1, rtol=1e-5)
    assert not normalization(normalization.mean).any()


def test_the_order_of_the_series_and_the_signs_of_directions_do_not_matter():
    features = uneven()
    one, other = fit_normalization(features), fit_normalization(features[::-1])
    np.testing.assert_allclose(one.matrix, other.matrix, rtol=1e-4, atol=1e-6)


def test_equal_features_stay_equal():
    normalization = fit_normalization(np.ones((4, 3), np.float32))
    assert np.isfinite(normalization.matrix).all()
    assert not normalization(np.ones((4, 3), np.float32)).any()


def test_features_that_are_zero_stay_zero():
    assert not unit_length(np.zeros((2, 3), np.float32)).any()
