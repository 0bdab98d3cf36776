import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from seriesbox.lstm_ad.gaussian import Gaussian


def fitted(errors: torch.Tensor) -> Gaussian:
    gaussian = Gaussian(errors.shape[1])
    gaussian.fit(errors)
    return gaussian


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_the_log_density_is_scipys(columns):
    torch.manual_seed(0)
    errors = torch.randn(500, columns, dtype=torch.float64) @ torch.randn(columns, columns, dtype=torch.float64) + 3
    gaussian = fitted(errors)
    covariance = np.cov(errors.numpy().T, bias=True).reshape(columns, columns)
    oracle = multivariate_normal(errors.mean(0).numpy(), covariance)
    np.testing.assert_allclose(gaussian.log_density(errors).numpy(), oracle.logpdf(errors.numpy()), rtol=1e-4)


def test_the_sign_of_an_error_matters():
    gaussian = fitted(torch.randn(1000, 1).abs())  # errors that are always positive
    assert gaussian.log_density(torch.tensor([[1.0]])) > gaussian.log_density(torch.tensor([[-1.0]]))


@pytest.mark.parametrize(
    "errors",
    [
        torch.zeros(50, 3),
        torch.full((50, 3), 0.3),
        torch.randn(1, 4),
        torch.randn(3, 20),
        torch.randn(50, 1).expand(50, 3),
        torch.randn(50, 3) * torch.tensor([1.0, 0.0, 1e-6]),
        torch.randn(50, 2) * 1e-20,
        torch.randn(50, 2) * 1e30,
    ],
    ids=["none", "constant", "one row", "fewer rows than columns", "dependent", "unlike scales", "tiny", "huge"],
)
def test_the_density_is_finite_for_any_errors(errors):
    gaussian = fitted(errors)
    for unseen in (errors, torch.zeros(1, errors.shape[1]), torch.full((1, errors.shape[1]), 1e30)):
        assert gaussian.log_density(unseen).isfinite().all()


def test_a_column_that_moved_alone_is_stranger_than_two_that_move_together():
    torch.manual_seed(0)
    together = torch.randn(1000, 1).expand(1000, 2) + 0.01 * torch.randn(1000, 2)
    gaussian = fitted(together)
    assert gaussian.log_density(torch.tensor([[1.0, -1.0]])) < gaussian.log_density(torch.tensor([[1.0, 1.0]])) - 100
