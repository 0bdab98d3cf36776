"""Recordings with gaps are filled by what was forecast, and their answers say nothing of what is missing."""

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.artifact import load, save
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.filling import carried, first_known
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, PREDICTION, SMALL
from tests.older import remove_tensor
from tests.predictions import predictions


@pytest.fixture(scope="module")
def several(wave) -> LSTMAD:
    """A model that forecasts each row three times."""
    sizes = SMALL.model_copy(update={"prediction_length": 6, "forecast_stride": 2, "score_window": 3})
    return LSTMAD.fit(sizes, [Table.of(wave)], [], Run())


def with_gaps(wave: np.ndarray, share: float = 0.05) -> np.ndarray:
    """Return 300 rows with cells missing at random, long gaps in a column, and rows of which nothing is known."""
    values = wave[:300].copy()
    values[np.random.default_rng(0).random(values.shape) < share] = np.nan
    values[:3, 1] = values[100:140, 0] = values[200:204] = np.nan
    return values


def filled_by_hand(model, values: np.ndarray) -> np.ndarray:
    """Return the scaled recording in which the newest forecast is in place of every missing cell, block by block."""
    predictor, stride = model.predictor(), model.hyperparameters.stride
    scaled = predictor.scaler(values)
    scaled[:CONTEXT] = carried(scaled[:CONTEXT], predictor.scaler(first_known(values)))
    for start in range(CONTEXT, len(scaled), stride):
        context = scaled[None, start - CONTEXT : start].astype(np.float32)
        forecast = predictor.network(context)[0][:stride]
        block = scaled[start : start + stride]
        block[:] = np.where(np.isnan(block), forecast[: len(block)], block)
    return scaled


@pytest.mark.parametrize("which", ["model", "several"])
def test_a_missing_cell_of_a_context_is_the_newest_forecast_of_it(which, wave, request):
    model = request.getfixturevalue(which)
    values = with_gaps(wave)
    answer = predictions(model, Table.of(values))
    filled = model.predictor().scaler.inverse(filled_by_hand(model, values))
    expected = predictions(model, Table.of(filled))
    np.testing.assert_allclose(answer[:, 1:], expected[:, 1:], rtol=1e-3, atol=1e-3)
    is_missing = np.isnan(values[CONTEXT:])
    np.testing.assert_allclose(answer[CONTEXT:, 1:][is_missing], filled[CONTEXT:][is_missing], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("which", ["model", "several"])
def test_chunks_do_not_change_the_answer(which, wave, request, monkeypatch):
    model, table = request.getfixturevalue(which), Table.of(with_gaps(wave))
    whole = predict(model.predictor(), table, Details())
    for windows in (1, 3, 7):
        monkeypatch.setattr("seriesbox.lstm_ad.predictor.WINDOWS_AT_ONCE", windows)
        in_chunks = predict(model.predictor(), table, Details())
        np.testing.assert_allclose(in_chunks, whole, rtol=1e-3, atol=1e-3)


def test_rows_before_the_first_gap_have_the_bytes_that_they_have_without(model, wave):
    values = wave[: CONTEXT + 20 * PREDICTION].copy()
    whole = predictions(model, Table.of(values))
    values[-1, 0] = np.nan
    assert predictions(model, Table.of(values))[:-1].tobytes() == whole[:-1].tobytes()


def test_a_row_of_which_nothing_is_known_has_forecasts_and_no_score(model, wave):
    values = with_gaps(wave)
    names = model.predictor().names(Details())
    answer = predict(model.predictor(), Table.of(values), Details())[CONTEXT:]
    is_missing = np.isnan(values[CONTEXT:])
    is_empty = is_missing.all(axis=1)
    assert is_empty.any()
    for name in ("score", "anomaly", "event"):
        np.testing.assert_array_equal(np.isnan(answer[:, names.index(name)]), is_empty)
    shares = answer[:, names.index("share_1") : names.index("share_2") + 1]
    np.testing.assert_array_equal(np.isnan(shares), is_missing)
    np.testing.assert_allclose(np.nansum(shares[~is_empty], axis=1), 1, rtol=1e-6)
    assert np.isfinite(answer[:, [each for each, name in enumerate(names) if "_error_" in name]]).all()
    assert np.isfinite(answer[:, 1:3]).all()


def test_a_long_gap_raises_few_alarms_in_it_and_after_it(model, wave):
    values = wave[:600].copy()
    values[200:300, 0] = np.nan
    threshold = np.nanquantile(predictions(model, Table.of(wave[:600]))[:, 0], 0.01)
    alarms = predictions(model, Table.of(values))[200 : 300 + 2 * CONTEXT, 0] < threshold
    assert alarms.mean() < 0.1


def test_scores_of_normal_rows_are_alike_with_and_without_gaps(model, wave):
    values = wave[:600].copy()
    values[np.random.default_rng(0).random(values.shape) < 0.1] = np.nan
    with_and_without = [np.nanmedian(predictions(model, Table.of(each))[:, 0]) for each in (values, wave[:600])]
    assert abs(np.subtract(*with_and_without)) < 0.5


def test_the_last_value_is_carried_on_and_the_first_one_back():
    rows = np.array([[np.nan, 1], [2, np.nan], [np.nan, np.nan], [4, np.nan]])
    np.testing.assert_array_equal(carried(rows, np.array([9, 8])), [[9, 1], [2, 1], [2, 1], [4, 1]])
    np.testing.assert_array_equal(first_known(rows), [2, 1])


def test_a_column_that_begins_after_the_first_context_begins_with_its_first_value(model, wave):
    values, carried_back = wave[:200].copy(), wave[:200].copy()
    values[:50, 1], carried_back[:CONTEXT, 1] = np.nan, wave[50, 1]
    answer, expected = (
        predictions(model, Table.of(each))[CONTEXT : CONTEXT + PREDICTION] for each in (values, carried_back)
    )
    np.testing.assert_allclose(answer[:, 1:], expected[:, 1:], rtol=1e-4)


def test_an_older_model_answers_recordings_with_gaps_too(model, wave, tmp_path):
    save(model, tmp_path)
    remove_tensor(tmp_path, "threshold")
    table = Table.of(with_gaps(wave))
    answer = predictions(load(tmp_path).estimator(), table)
    np.testing.assert_array_equal(answer, predictions(model, table))
