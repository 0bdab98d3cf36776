import numpy as np
import pytest

from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.surprise import Surprise, expected_errors, shares


@pytest.fixture
def errors() -> np.ndarray:
    """Correlated errors of three columns, whose mean is not zero."""
    random = np.random.default_rng(0)
    return random.normal(size=(500, 3)) @ random.normal(size=(3, 3)) + [1, -2, 0.5]


def distances(gaussian: Gaussian, errors: np.ndarray) -> np.ndarray:
    """The squared Mahalanobis distance of every row."""
    return 2 * (gaussian.log_peak - gaussian.log_density(errors))


def without(errors: np.ndarray, left_out: list[int]) -> np.ndarray:
    """The squared distances if some errors are not looked at: the Gaussian of the others."""
    kept = [each for each in range(errors.shape[1]) if each not in left_out]
    gaussian = Gaussian.fit(errors)
    covariance = gaussian.cholesky @ gaussian.cholesky.T
    marginal = Gaussian(gaussian.mean[kept], np.linalg.cholesky(covariance[np.ix_(kept, kept)]))
    return distances(marginal, errors[:, kept])


def test_the_surprise_of_a_column_is_what_leaving_it_out_takes_away(errors):
    gaussian = Gaussian.fit(errors)
    surprise = Surprise(gaussian, 3)(errors)
    for column in range(3):
        expected = distances(gaussian, errors) - without(errors, [column])
        np.testing.assert_allclose(surprise[:, column], expected, rtol=1e-6, atol=1e-6)


def test_with_one_forecast_it_is_the_published_expression(errors):
    gaussian = Gaussian.fit(errors)
    precision = np.linalg.inv(gaussian.cholesky @ gaussian.cholesky.T)
    expected = ((errors - gaussian.mean) @ precision) ** 2 / precision.diagonal()
    np.testing.assert_allclose(Surprise(gaussian, 3)(errors), expected, rtol=1e-6)


def test_all_forecasts_of_a_column_are_left_out_together(errors):
    both = np.hstack([errors, np.roll(errors, 1, axis=0) + errors])  # (N, F * D), columns vary fastest
    gaussian = Gaussian.fit(both)
    surprise = Surprise(gaussian, 3)(both)
    for column in range(3):
        expected = distances(gaussian, both) - without(both, [column, column + 3])
        np.testing.assert_allclose(surprise[:, column], expected, rtol=1e-6, atol=1e-6)


def test_shares_sum_to_one_and_are_equal_if_nothing_is_surprising(errors):
    surprise = np.vstack([Surprise(Gaussian.fit(errors), 3)(errors), np.zeros((1, 3)), np.full((1, 3), 1e308)])
    of_rows = shares(surprise)
    np.testing.assert_allclose(of_rows.sum(axis=1), 1)
    assert (of_rows >= 0).all()
    np.testing.assert_allclose(of_rows[-2:], 1 / 3)


def test_an_error_beyond_the_expected_one_is_an_anomaly_whatever_the_others_are(errors):
    gaussian = Gaussian.fit(errors)
    threshold = np.quantile(gaussian.log_density(errors), 0.1)
    expected = expected_errors(gaussian, threshold, 3, window=1)
    is_beyond = (np.abs(errors) > expected).any(axis=1)
    assert is_beyond.any()
    assert (gaussian.log_density(errors)[is_beyond] < threshold).all()


def test_without_other_columns_and_with_a_mean_of_zero_the_band_is_the_threshold():
    errors = np.random.default_rng(1).normal(size=(300, 1))
    gaussian = Gaussian(np.zeros(1), np.full((1, 1), errors.std()))
    threshold = np.quantile(gaussian.log_density(errors), 0.2)
    (expected,) = expected_errors(gaussian, threshold, 1, window=1)
    np.testing.assert_array_equal(np.abs(errors[:, 0]) > expected, gaussian.log_density(errors) < threshold)


def test_a_threshold_above_every_score_leaves_no_band():
    gaussian = Gaussian(np.zeros(2), np.eye(2))
    np.testing.assert_array_equal(expected_errors(gaussian, gaussian.log_peak + 1, 2, window=1), [0, 0])
