import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import fbeta_score

from seriesbox.lstm_ad.events import Events
from seriesbox.lstm_ad.threshold import best_threshold, quantile_threshold


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.2])
@pytest.mark.parametrize("rows", [20, 150, 5000])
def test_no_more_new_rows_than_the_rate_are_false_alarms_on_average(rate, rows):
    random = np.random.default_rng(0)
    alarms = []
    for _ in range(200):
        threshold, *_ = quantile_threshold(random.normal(size=rows), rate, rows)
        alarms.append((random.normal(size=1000) < threshold).mean())
    assert np.mean(alarms) < max(rate, 1 / (rows + 1)) * 1.2


def test_too_few_rows_for_the_rate_are_told():
    scores = np.arange(99, 0, -1.0)
    threshold, sentence, few = quantile_threshold(scores, 0.001, 99)
    assert threshold == 1
    assert sentence.endswith("below 1, the lowest of 99 held-out rows.")
    assert "of 0.001 takes 999 held-out rows, and there are 99. Without labels, expect about one alarm in 100" in few
    assert not quantile_threshold(scores, 0.01, 99)[2]


def test_several_scores_of_a_row_do_not_make_it_more_certain():
    scores = np.random.default_rng(0).normal(size=500)
    assert quantile_threshold(np.repeat(scores, 10), 0.01, 500)[0] == quantile_threshold(scores, 0.01, 500)[0]


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=30).filter(
        lambda rows: len({label for _, label in rows}) == 2
    ),
    st.sampled_from([0.5, 1, 2]),
)
def test_no_other_threshold_has_a_better_f_beta(rows, beta):
    scores, labels = (np.array(each) for each in zip(*rows, strict=True))
    best = best_threshold(scores.astype(np.float64), labels, beta)
    others = [fbeta_score(labels, scores < each, beta=beta, zero_division=0) for each in np.arange(-5.5, 6)]
    assert fbeta_score(labels, scores < best, beta=beta, zero_division=0) == pytest.approx(max(others))


def test_the_threshold_lies_between_neighbours_even_if_they_are_close():
    low = np.float64(np.float32(-3.3))
    high = np.float64(np.nextafter(np.float32(-3.3), np.float32(0)))
    assert low < best_threshold(np.array([low, high]), np.array([True, False]), 1.0) <= high


def test_runs_close_to_each_other_are_one_event_in_any_chunks():
    is_anomalous = np.array(list("0110100011001"), np.int64) == 1
    for gap, expected in ((1, "0110200033004"), (2, "0110100022003"), (3, "0110100022002"), (4, "0110100011001")):
        for cut in range(len(is_anomalous)):
            events = Events(gap)
            numbers = np.concatenate([events(is_anomalous[:cut]), events(is_anomalous[cut:])])
            assert "".join(map(str, numbers)) == expected
