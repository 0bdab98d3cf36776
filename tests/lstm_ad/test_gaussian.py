import numpy as np
import pytest
from scipy.stats import multivariate_normal

from seriesbox.lstm_ad.gaussian import Gaussian


def normal(*shape):
    return np.random.default_rng(0).normal(size=shape)


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_the_log_density_is_scipys(columns):
    errors = normal(500, columns) @ normal(columns, columns) + 3
    covariance = np.cov(errors.T, bias=True).reshape(columns, columns)
    oracle = multivariate_normal(errors.mean(axis=0), covariance)
    np.testing.assert_allclose(Gaussian.fit(errors).log_density(errors), oracle.logpdf(errors), rtol=1e-4, atol=1e-5)


def test_the_sign_of_an_error_matters():
    gaussian = Gaussian.fit(np.abs(normal(1000, 1)))  # errors that are always positive
    assert gaussian.log_density(np.array([[1.0]])) > gaussian.log_density(np.array([[-1.0]]))


@pytest.mark.parametrize(
    "errors",
    [
        np.zeros((50, 3)),
        np.full((50, 3), 0.3),
        normal(1, 4),
        normal(3, 20),
        np.repeat(normal(50, 1), 3, axis=1),
        normal(50, 3) * [1, 0, 1e-6],
        normal(50, 2) * 1e-20,
        normal(50, 2) * 1e30,
    ],
    ids=["none", "constant", "one row", "fewer rows than columns", "dependent", "unlike scales", "tiny", "huge"],
)
def test_the_density_is_finite_for_any_errors(errors):
    gaussian = Gaussian.fit(errors.astype(np.float32))
    for unseen in (errors, np.zeros((1, errors.shape[1])), np.full((1, errors.shape[1]), 1e30)):
        assert np.isfinite(gaussian.log_density(unseen)).all()


def test_a_column_that_moved_alone_is_stranger_than_two_that_move_together():
    random = np.random.default_rng(0)
    errors = random.normal(size=(1000, 1)) + random.normal(0, 0.01, (1000, 2))
    gaussian = Gaussian.fit(errors)
    assert gaussian.log_density(np.array([[1.0, -1.0]])) < gaussian.log_density(np.array([[1.0, 1.0]])) - 100
