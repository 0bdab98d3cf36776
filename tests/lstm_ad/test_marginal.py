import numpy as np
import pytest
from scipy.stats import multivariate_normal

from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.marginal import log_density, surprises
from seriesbox.lstm_ad.surprise import Surprise, shares

COLUMNS = 3


@pytest.fixture(params=[1, 2], ids=["one forecast", "two forecasts"])
def errors(request) -> np.ndarray:
    """Correlated errors of three columns in some forecasts, whose mean is not zero."""
    random = np.random.default_rng(0)
    size = COLUMNS * request.param
    return random.normal(size=(2000, size)) @ random.normal(size=(size, size)) + np.arange(size)


def without(errors: np.ndarray, share: float) -> np.ndarray:
    """Return the errors with a share of the cells missing, in all their forecasts."""
    is_missing = np.random.default_rng(1).random((len(errors), COLUMNS)) < share
    return np.where(np.tile(is_missing, errors.shape[1] // COLUMNS), np.nan, errors)


def test_a_score_is_that_of_scipys_marginal_on_the_scale_of_a_whole_row(errors):
    gaussian, gaps = Gaussian.fit(errors), without(errors, 0.3)
    covariance = gaussian.cholesky @ gaussian.cholesky.T
    for score, row in zip(log_density(gaussian, gaps, COLUMNS)[:50], gaps, strict=False):
        kept = np.flatnonzero(~np.isnan(row))
        if not len(kept):
            assert np.isnan(score)
            continue
        marginal = multivariate_normal(gaussian.mean[kept], covariance[np.ix_(kept, kept)])
        distance = 2 * (marginal.logpdf(gaussian.mean[kept]) - marginal.logpdf(row[kept]))
        assert score == pytest.approx(gaussian.log_peak - (distance + len(row) - len(kept)) / 2)


def test_a_score_is_the_mean_of_all_that_the_missing_errors_may_be(errors):
    gaussian, gaps = Gaussian.fit(errors), errors[:1].copy()
    gaps[0, 1::COLUMNS] = np.nan
    covariance, lost = gaussian.cholesky @ gaussian.cholesky.T, np.isnan(gaps[0])
    weights = np.linalg.solve(covariance[~lost][:, ~lost], covariance[~lost][:, lost])
    expected = gaussian.mean[lost] + (gaps[0, ~lost] - gaussian.mean[~lost]) @ weights
    spread = covariance[lost][:, lost] - covariance[lost][:, ~lost] @ weights
    whole = np.repeat(gaps, 100_000, axis=0)
    whole[:, lost] = np.random.default_rng(0).multivariate_normal(expected, spread, len(whole))
    assert log_density(gaussian, gaps, COLUMNS) == pytest.approx(gaussian.log_density(whole).mean(), abs=0.02)


def test_scores_have_the_same_mean_with_and_without_gaps(errors):
    gaussian = Gaussian.fit(errors)
    scores = log_density(gaussian, without(errors, 0.3), COLUMNS)
    assert np.nanmean(scores) == pytest.approx(gaussian.log_density(errors).mean(), abs=0.1)


def test_rows_without_gaps_have_the_density_itself(errors):
    gaussian = Gaussian.fit(errors)
    assert log_density(gaussian, errors, COLUMNS).tobytes() == gaussian.log_density(errors).tobytes()


def test_shares_are_those_of_the_marginal_and_a_missing_column_has_none(errors):
    gaussian, gaps = Gaussian.fit(errors), errors.copy()
    gaps[::2, 1::COLUMNS] = np.nan
    kept = np.flatnonzero(~np.isnan(gaps[0]))
    surprise = surprises(gaussian, Surprise(gaussian, COLUMNS), gaps, COLUMNS)
    np.testing.assert_allclose(surprise[1::2], Surprise(gaussian, COLUMNS)(errors)[1::2])
    np.testing.assert_allclose(surprise[::2, [0, 2]], Surprise(gaussian.marginal(kept), 2)(errors[::2, kept]))
    assert np.isnan(surprise[::2, 1]).all()
    np.testing.assert_allclose(np.nansum(shares(surprise), axis=1), 1)
    np.testing.assert_array_equal(np.isnan(shares(surprise)), np.isnan(gaps[:, :COLUMNS]))
