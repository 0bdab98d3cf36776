"""The measures of the benchmarks."""

import math

import numpy as np
import pytest

from benchmarks.comparison import lead, standard_error
from benchmarks.vus import vus_pr

LABELS = np.zeros(400, np.bool_)
LABELS[100:120] = LABELS[300:310] = True


def test_scores_that_are_the_labels_are_nearly_perfect_and_reversed_ones_are_not():
    assert vus_pr(LABELS, LABELS.astype(float), 0) == pytest.approx(1)
    assert vus_pr(LABELS, -LABELS.astype(float), 20) < 0.2


def test_random_scores_have_about_the_share_of_anomalous_rows():
    scores = np.random.default_rng(0).normal(size=400)
    assert vus_pr(LABELS, scores, 0) == pytest.approx(LABELS.mean(), abs=0.05)


def test_a_score_beside_an_anomaly_counts_if_a_border_reaches_it():
    scores = np.where(np.arange(400) == 98, 1.0, 0.0)
    assert vus_pr(LABELS, scores, 20) > vus_pr(LABELS, scores, 0)


def test_finding_both_anomalies_is_worth_more_than_finding_one_better():
    both, one = np.zeros(400), np.zeros(400)
    both[[105, 305]] = 1
    one[[105, 106]] = 1
    assert vus_pr(LABELS, both, 10) > vus_pr(LABELS, one, 10)


def test_a_lead_is_the_mean_difference_with_its_error_and_small_differences_are_ties():
    rows = {"a": {"x": 0.5, "y": 0.1}, "b": {"x": 0.2, "y": 0.195}, "c": {"x": 0.0, "y": 0.3}}
    found = lead(rows, "x", "y")
    assert found.lead == pytest.approx((0.4 + 0.005 - 0.3) / 3)
    assert found.error == pytest.approx(np.std([0.4, 0.005, -0.3], ddof=1) / math.sqrt(3))
    assert (found.wins, found.ties, found.losses) == (1, 1, 1)
    assert math.isnan(standard_error([0.4]))
