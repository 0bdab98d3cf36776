import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.artifact import load, save
from seriesbox.errors import DataError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, SMALL
from tests.older import remove_tensor
from tests.predictions import predictions
from tests.recorder import Recorder

FORECASTS, SHARES, EXPECTED = slice(1, 3), slice(5, 7), slice(7, 9)


@pytest.fixture(scope="module")
def disturbed(wave) -> np.ndarray:
    """A recording whose second column jumps in row 150."""
    values = wave[:300].copy()
    values[150, 1] += 8 * wave[:, 1].std()
    return values


def verbose(predictor, values: np.ndarray, **details) -> np.ndarray:
    return predict(predictor, Table.of(values), Details(**details))


def test_the_published_columns_come_first_and_are_the_same_bytes(model, disturbed):
    plain, detailed = predictions(model, Table.of(disturbed)), verbose(model.predictor(), disturbed)
    assert plain.tobytes() == np.ascontiguousarray(detailed[:, : plain.shape[1]]).tobytes()
    names = model.predictor().names(Details())
    assert names[:3] == model.predictor().names(None) == ["score", "forecast_1", "forecast_2"]
    assert names[3:5] == ["anomaly", "event"]
    assert names[5:] == ["share_1", "share_2", "expected_error_1", "expected_error_2"]
    assert detailed.shape == (300, len(names))


def test_a_jump_is_an_anomaly_of_its_column(model, disturbed):
    row = verbose(model.predictor(), disturbed)[150]
    assert row[3] == 1
    assert row[4] >= 1
    assert row[6] > 0.9
    assert abs(disturbed[150, 1] - row[2]) > row[8]


def test_an_anomaly_is_a_score_below_the_threshold_and_nothing_is_said_without_a_score(model, disturbed):
    answer = verbose(model.predictor(), disturbed)
    assert np.isnan(answer[:CONTEXT]).all()
    scored = answer[CONTEXT:]
    np.testing.assert_array_equal(scored[:, 3] == 1, scored[:, 0] < model.threshold.item())
    np.testing.assert_array_equal(scored[:, 3] == 1, scored[:, 4] > 0)
    np.testing.assert_allclose(scored[:, SHARES].sum(axis=1), 1, rtol=1e-6)


def test_a_value_outside_the_band_is_an_anomaly(model, disturbed):
    scored = verbose(model.predictor(), disturbed)[CONTEXT:]
    is_outside = (np.abs(disturbed[CONTEXT:] - scored[:, FORECASTS]) > scored[:, EXPECTED] * 1.0001).any(axis=1)
    assert is_outside.any()
    assert scored[is_outside, 3].all()


def test_the_request_may_bring_its_own_threshold(model, disturbed):
    predictor = model.predictor()
    low, high = (verbose(predictor, disturbed, threshold=each)[CONTEXT:] for each in (-1e30, 1e30))
    assert not low[:, 3:5].any()
    assert (high[:, 3:5] == 1).all()
    assert not high[:, EXPECTED].any() or (high[:, EXPECTED] < low[:, EXPECTED]).all()


def test_with_several_forecasts_and_a_window_the_same_holds(wave, disturbed):
    sizes = SMALL.model_copy(update={"prediction_length": 6, "forecast_stride": 3, "score_window": 4, "epochs": 3})
    model = LSTMAD.fit(sizes, [Table.of(wave)], [], Run())
    answer = verbose(model.predictor(), disturbed)
    has_score = ~np.isnan(answer[:, 0])
    assert has_score.sum() == len(disturbed) - CONTEXT - 3
    assert np.isnan(answer[~has_score, 3:7]).all()
    assert np.isfinite(answer[CONTEXT:, EXPECTED]).all()
    np.testing.assert_allclose(answer[has_score, SHARES].sum(axis=1), 1, rtol=1e-6)
    assert answer[150, 6] > 0.8
    is_outside = (np.abs(disturbed - answer[:, FORECASTS]) > answer[:, EXPECTED]).any(axis=1) & has_score
    assert answer[is_outside, 3].all()


def test_the_threshold_is_told_and_few_held_out_scores_are_below_it(wave):
    recorder = Recorder()
    model = LSTMAD.fit(SMALL.model_copy(update={"false_alarm_rate": 0.1}), [Table.of(wave)], [], Run(listener=recorder))
    threshold = recorder.facts["threshold"]
    assert threshold == model.threshold.item()
    scores = predictions(model, Table.of(wave[len(wave) * 4 // 5 :]))[CONTEXT:, 0]
    assert 0.05 < (scores < threshold).mean() < 0.2


def test_drift_counts_the_anomalies_of_any_answer(model, disturbed):
    plain, detailed = predictions(model, Table.of(disturbed)), verbose(model.predictor(), disturbed)
    for details in (None, Details()):
        drifts = [each.drift for each in model.predictor().predict(Table.of(disturbed), details)]
        anomalies, scores = (np.concatenate([each[field] for each in drifts]) for field in drifts[0])
        assert anomalies.sum() == np.nansum(detailed[:, 3])
        np.testing.assert_array_equal(scores, plain[:, 0])


def test_an_older_model_answers_as_before_and_says_what_verbose_answers_need(model, wave, tmp_path):
    save(model, tmp_path)
    remove_tensor(tmp_path, "threshold")
    older = load(tmp_path).estimator().predictor()
    rows = Table.of(wave[:99])
    np.testing.assert_array_equal(predict(older, rows), predictions(model, rows))
    assert not any(each.drift for each in older.predict(rows))
    with pytest.raises(DataError, match="train it again"):
        older.names(Details())
