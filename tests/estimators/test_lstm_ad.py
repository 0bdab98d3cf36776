import numpy as np
import pandas as pd
import pytest

from seriesbox import LSTMAD
from seriesbox.errors import DataError
from tests.estimators.conftest import DETECTOR

RANDOM = np.random.default_rng(0).normal(size=(200, 3))


@pytest.fixture(scope="module")
def abnormal(wave):
    """The wave with a jump in the second column, and the rows of the jump."""
    values = wave.copy()
    values[600:610, 1] += 200
    return values, np.isin(np.arange(len(wave)), range(600, 610))


def test_the_rows_of_an_event_have_scores_below_the_threshold(detector, abnormal):
    values, is_abnormal = abnormal
    event = min(detector.events(values), key=lambda each: each.score)
    scores, predicted = detector.score_samples(values), detector.predict(values)
    assert event.start <= 600 < event.stop
    assert event.column == 1
    assert (event.score, event.lowest) == (np.nanmin(scores), np.nanargmin(scores))
    np.testing.assert_array_equal(predicted == -1, scores < detector.threshold_)
    assert (predicted[is_abnormal] == -1).all()
    np.testing.assert_array_equal(detector.decision_function(values), scores - detector.offset_)


def test_the_first_rows_have_neither_score_nor_alarm(detector, wave):
    scores = detector.score_samples(wave)
    assert np.isnan(scores[:20]).all()
    assert np.isfinite(scores[20:]).all()
    assert (detector.predict(wave)[:20] == 1).all()
    assert detector.score(wave) == pytest.approx(scores[20:].mean())


def test_a_list_of_recordings_has_a_list_of_answers(detector, wave):
    whole = detector.forecast(wave)
    one, other = detector.forecast([wave, wave[:300]])
    assert whole.shape == wave.shape
    np.testing.assert_array_equal(one, whole)
    np.testing.assert_array_equal(other, detector.forecast(wave[:300]))
    assert [len(events) for events in detector.events([wave[:300], wave[:300]])] == [
        len(detector.events(wave[:300]))
    ] * 2


def test_one_axis_is_one_column(wave):
    column = wave[:, 0]
    model = LSTMAD(**DETECTOR).fit(column)
    assert (model.n_features_in_, model.forecast(column).shape) == (1, column.shape)
    np.testing.assert_array_equal(model.score_samples(column), model.score_samples(wave[:, :1]))


def test_columns_of_data_frames_are_matched_by_name(wave, abnormal):
    frame = pd.DataFrame(
        wave, columns=["left", "right"], index=pd.date_range("2026-01-01", periods=len(wave), freq="s")
    )
    model = LSTMAD(**DETECTOR).fit(frame, validation=frame[["right", "left"]][:300])
    assert model.feature_names_in_.tolist() == ["left", "right"]
    assert model.history_[-1]["valid_mse"] > 0
    turned = pd.DataFrame(abnormal[0], columns=["left", "right"])[["right", "left"]]
    event = min(model.events(turned), key=lambda each: each.score)
    assert event.column == "right"
    with pytest.raises(DataError, match="X has a header that lacks 'right' and has the unknown 'up'"):
        model.predict(frame.rename(columns={"right": "up"}))


@pytest.mark.filterwarnings("ignore:The threshold rests on")
def test_labels_choose_the_threshold(wave, abnormal):
    model = LSTMAD(**DETECTOR).fit(wave, test=abnormal)
    assert model.metrics_["test_recall"] > 0.8
    several = LSTMAD(**DETECTOR).fit(wave, test=([abnormal[0]], [abnormal[1]]))
    assert several.threshold_ == model.threshold_


def test_gaps_are_missing_cells(detector, wave):
    values = wave.copy()
    values[300:310, 0] = np.nan
    assert np.isfinite(detector.score_samples(values)[20:]).all()


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        (
            np.ones((40, 2)),
            "X has 40 rows, but context_length 20 and prediction_length 5 need at least 125 to train on",
        ),
        ([RANDOM[:, :2], RANDOM], r"same number of columns: X\[0\] has 2; X\[1\] has 3"),
        ("wave.csv", "X is a text, 'wave.csv': read the file first, for example by pandas.read_csv"),
        (np.ones((9, 2, 4)), r"X has the shape \(9, 2, 4\): give a row for each time step"),
    ],
)
def test_faults_are_one_sentence(x, sentence):
    with pytest.raises(DataError, match=sentence):
        LSTMAD(**DETECTOR).fit(x)


def test_faults_of_labels_come_before_the_training(wave):
    with pytest.raises(DataError, match="test: the label in `test` must be 0 for a normal row or 1"):
        LSTMAD(**DETECTOR | {"epochs": 100_000}).fit(wave, test=(wave, np.full(len(wave), 2)))
    with pytest.raises(DataError, match="test has 1200 rows, but labels of the shape"):
        LSTMAD(**DETECTOR).fit(wave, test=(wave, [1, 0]))
    with pytest.raises(DataError, match="test has lists of different lengths as labels: give one for each row"):
        LSTMAD(**DETECTOR).fit(wave, test=(wave, [[1, 0], [1]]))
    with pytest.raises(DataError, match="test has data of 1, but not labels of as many"):
        LSTMAD(**DETECTOR).fit(wave, test=([wave], np.array(1)))


def test_labels_that_are_texts_are_refused_as_they_do_not_say_what_is_an_anomaly(wave):
    labels = np.where(np.arange(len(wave)) == 300, "anomaly", "normal")
    with pytest.raises(ValueError, match="labels that are no numbers: 1 is an anomaly, 0 is none"):
        LSTMAD(context_length=20, prediction_length=5).fit(wave, test=(wave, labels))


@pytest.mark.parametrize("test", [np.zeros((3, 2)), (np.zeros((300, 2)),), ()])
def test_labelled_data_is_a_pair(wave, test):
    with pytest.raises(ValueError, match="`test` must be a pair: data like X, and a label for each row"):
        LSTMAD(context_length=20, prediction_length=5).fit(wave, test=test)


def test_masked_values_are_missing(detector, wave):
    masked = np.ma.masked_array(wave.copy(), np.zeros(wave.shape, bool))
    masked[50, 0], masked.mask[50, 0] = -9999, True
    gaps = wave.copy()
    gaps[50, 0] = np.nan
    np.testing.assert_array_equal(detector.score_samples(masked), detector.score_samples(gaps))
