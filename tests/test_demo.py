from argparse import Namespace

import numpy as np
import pytest

from demo import ecg
from demo.cnn_kmeans import archive as heartbeats
from demo.cnn_kmeans.judge import match_clusters
from demo.lstm_ad import archive as anomalies
from demo.lstm_ad import synthetic
from demo.lstm_ad.judge import alarms, lowest_score


def test_clusters_are_matched_with_kinds_so_that_most_series_are_right():
    kinds = ["a"] * 4 + ["b"] * 3
    labels = np.array([1.0, 1, 1, 0, 0, 0, 0])
    clusters = match_clusters(kinds, labels)
    assert clusters.kinds == ["b", "a"]
    assert clusters.right == {"a": 3, "b": 3}
    assert clusters.accuracy == pytest.approx(6 / 7)


@pytest.mark.parametrize(("row", "inside"), [(40, True), (70, False)])
def test_the_lowest_score_is_judged_by_its_row(row, inside):
    scores = np.linspace(0, -1, 100)
    scores[:10] = np.nan
    scores[row] = -50
    lowest = lowest_score(scores, range(38, 45))
    assert (lowest.row, lowest.inside) == (row, inside)


def test_alarms_are_judged_by_rows_and_events():
    is_anomaly, event = np.zeros(100), np.zeros(100)
    is_anomaly[[10, 41, 42, 43]], event[[10, 41, 42, 43]] = 1, [1, 2, 2, 2]
    assert "precision 0.75, recall 0.50; 1 of 2 events" in alarms(is_anomaly, event, range(41, 47))


def test_the_generated_heartbeats_depend_on_their_seed_alone():
    one, same, other = (synthetic.generate(seed, train=5, test=20) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.test, same.test)
    assert len(one.test) != len(other.test) or not np.array_equal(one.test, other.test)


def test_a_generated_normal_beat_has_its_r_peak_half_way():
    recording = ecg.record([ecg.NORMAL] * 20, np.random.default_rng(0))
    for start, end in zip(recording.edges, recording.edges[1:], strict=False):
        peak = start + int(recording.millivolts[start:end].argmax())
        assert abs(peak - (start + end) / 2) <= 2


def test_the_archives_formats_are_read(tmp_path):
    for part in ("TRAIN", "TEST"):
        (tmp_path / f"ECG200_{part}.txt").write_text("  1.0  0.5 0.25\n -1.0  0.1 0.2\n")
    (tmp_path / "7_UCR_Anomaly_x_3_5_6.txt").write_text("1\n2\n3\n4\n9\n9\n4\n")
    beats = heartbeats.find(Namespace(data=tmp_path))
    assert beats.kinds == ["normal", "infarction"]
    np.testing.assert_array_equal(beats.train, [[0.5, 0.25], [0.1, 0.2]])
    series = anomalies.find(Namespace(data=tmp_path, anomaly=None))
    np.testing.assert_array_equal(series.train, [[1], [2], [3]])
    np.testing.assert_array_equal(series.test, [[4], [9], [9], [4]])
    assert list(series.anomaly) == [2, 3]
    assert anomalies.find(Namespace(data=tmp_path, anomaly=179)) is None
