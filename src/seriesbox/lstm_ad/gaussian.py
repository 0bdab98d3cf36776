"""The Gaussian that turns forecast errors into a normality score.

Malhotra, Vig, Shroff, Agarwal, "Long Short Term Memory Networks for Anomaly Detection in Time Series", ESANN 2015,
section 2.2: the errors are signed, and their density is one multivariate normal.
"""

import math

import torch
from torch import Tensor, nn

# Added to every column's variance, as a share of it: keeps a singular covariance invertible, and, unlike a share of
# the mean variance, no wild column hides the others.
RIDGE = 1e-6
# Variances below this are beyond what a float32 forecast of values near one can resolve.
LEAST_VARIANCE = torch.finfo(torch.float32).eps ** 2


class Gaussian(nn.Module):
    """A multivariate normal over D columns, in float64."""

    mean: Tensor  # (D,)
    cholesky: Tensor  # (D, D), lower triangular: covariance = cholesky @ cholesky.T

    def __init__(self, columns: int):
        super().__init__()
        self.register_buffer("mean", torch.zeros(columns, dtype=torch.float64))
        self.register_buffer("cholesky", torch.eye(columns, dtype=torch.float64))

    def fit(self, errors: Tensor) -> None:
        """Maximum likelihood on (N, D) errors, N >= 1, plus a ridge that keeps the density finite for any of them."""
        errors = errors.double()
        mean = errors.mean(dim=0)
        centred = errors - mean
        covariance = centred.T @ centred / len(errors)
        covariance.diagonal().mul_(1 + RIDGE).add_(LEAST_VARIANCE)
        self.mean.copy_(mean)
        self.cholesky.copy_(torch.linalg.cholesky(covariance))

    def log_density(self, errors: Tensor) -> Tensor:
        """(N, D) -> (N,): the logarithm of the density at every row."""
        centred = (errors.double() - self.mean).T  # (D, N)
        whitened = torch.linalg.solve_triangular(self.cholesky, centred, upper=False)
        log_volume = self.cholesky.diagonal().log().sum() + len(self.mean) / 2 * math.log(2 * math.pi)
        return -whitened.square().sum(dim=0) / 2 - log_volume
