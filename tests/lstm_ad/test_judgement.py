from collections.abc import Sequence

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.errors import DataError
from seriesbox.listener import Listener
from seriesbox.lstm_ad.channel import WindowChannel
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.judgement import TEST_METRICS, Judged, measure
from seriesbox.run import Run
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, SMALL
from tests.recorder import Recorder

FEW = SMALL.model_copy(update={"epochs": 5})


@pytest.fixture
def model(wave) -> LSTMAD:
    return LSTMAD.fit(FEW, [Table.of(wave)], [], Run())


def labelled(wave: np.ndarray, rows: list[int], labels: Sequence[int] | None = None) -> Labelled:
    """A recording with jumps in some rows, and labels."""
    values, flags = wave[:400].copy(), np.zeros(400)
    values[rows] += 8 * wave.std(axis=0)
    flags[rows if labels is None else labels] = 1
    return Labelled.of(Table.of(np.column_stack([flags, values])))


def test_labels_choose_the_threshold_that_finds_what_they_show(model, wave):
    recorder = Recorder()
    metrics = model.judge([labelled(wave, [50, 110, 180, 250, 320])], recorder)
    assert list(metrics) == list(TEST_METRICS) == list(LSTMAD.test_metrics)
    assert metrics["test_recall"] == metrics["test_event_recall"] == 1
    assert metrics["test_auc_pr"] > 0.5
    assert recorder.warnings == []
    assert recorder.facts["threshold"] == model.threshold.item()


def test_labels_reach_the_threshold_and_nothing_else(model, wave):
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model.judge([labelled(wave, [150], labels=[100, 200, 300])], Listener())
    changed = [name for name, tensor in model.state_dict().items() if not tensor.equal(before[name])]
    assert changed == ["threshold"]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([], "has a score is normal"),
        (list(range(CONTEXT)), "has a score is normal"),  # no row that has a score
        (list(range(400)), "has a score is an anomaly"),
        ([150], "rests on 1 labelled event,"),
        ([150, 151, 170], "rests on 2 labelled events,"),
    ],
)
def test_labels_that_say_little_are_told(model, wave, labels, sentence):
    recorder = Recorder()
    before = model.threshold.item()
    metrics = model.judge([labelled(wave, [150], labels)], recorder)
    warning = recorder.warnings[0]
    assert sentence in warning
    assert bool(metrics) == ("rests" in sentence)
    assert metrics or model.threshold.item() == before


def test_events_are_counted_once_however_long_they_are():
    labels = np.array(list("0111100000001110"), np.int64) == 1
    alarms = np.array(list("0001010000000001"), np.int64) == 1  # one event finds the first, another one is wrong
    metrics = measure([Judged(np.where(alarms, -2.0, 0.0), labels)], threshold=-1, beta=1, gap=3)
    assert metrics["test_precision"] == pytest.approx(1 / 3)
    assert metrics["test_recall"] == pytest.approx(1 / 7)
    assert metrics["test_event_precision"] == metrics["test_event_recall"] == 0.5
    assert metrics["test_event_f_beta"] == pytest.approx(2 / 5)  # of a precision of 1 / 3 of rows


def test_one_event_as_long_as_the_recording_is_worth_little():
    labels = np.arange(1000) == 500
    metrics = measure([Judged(np.zeros(1000), labels)], threshold=1, beta=1, gap=3)
    assert metrics["test_event_precision"] == metrics["test_event_recall"] == 1
    assert metrics["test_event_f_beta"] < 0.01


def test_what_is_judged_is_what_is_served(model, wave):
    """Thresholds between scores that are neighbours in float32."""
    test = labelled(wave, [], labels=range(30, 400))
    metrics = model.judge([test], Listener())
    answer = predict(model.predictor(), test.table, Details())
    found = answer[:, 3][test.labels == 1].sum()
    assert metrics["test_recall"] == pytest.approx(found / 370)


def test_rows_of_which_nothing_is_known_do_not_count(model, wave):
    known = labelled(wave, [50, 110, 180, 250, 320])
    missing = known.table.values.copy()
    missing[200:210] = np.nan
    flags = known.labels.copy()
    flags[200:210] = 1
    metrics = model.judge([Labelled.of(Table.of(np.column_stack([flags, missing])))], Listener())
    assert metrics["test_recall"] == metrics["test_event_recall"] == 1


def test_files_are_recordings_of_their_own(model, wave):
    one, other = labelled(wave, [50, 110, 180]), labelled(wave, [60, 300])
    both = model.judge([one, other], Listener())
    assert both["test_event_recall"] == 1


def test_what_is_wrong_with_labelled_tables_is_told_at_once(wave):
    values = np.column_stack([np.zeros(400), wave[:400]])
    values[[3, 7], 0] = [2, np.nan]
    wrong, short = Labelled.of(Table.of(values, "a.csv")), Labelled.of(Table.of(values[:10] * 0, "b.csv"))
    narrow = Labelled.of(Table.of(np.zeros((400, 2)), "c.csv"))
    faults = [str(fault) for fault in WindowChannel.test_faults(SMALL, [wrong, short, narrow], columns=2)]
    assert "a.csv: the label in column 1 must be 0" in faults[0]
    assert "row 4 has 2; row 8 has none" in faults[0]
    assert "b.csv" in faults[1]
    assert "has rows of 1 cells, but the training data has 2" in faults[2]
    assert all(isinstance(fault, DataError) for fault in WindowChannel.test_faults(SMALL, [wrong], columns=0))
