"""Answers to recordings with gaps: contexts are bridged, and nothing is said of what is missing."""

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.artifact import load, save
from seriesbox.lstm_ad.bridges import bridge_gaps
from seriesbox.lstm_ad.estimator import LSTMAD
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


@pytest.fixture(scope="module")
def gaps(wave) -> np.ndarray:
    """300 rows with cells missing at random, long gaps in a column, and rows of which nothing is known."""
    values = wave[:300].astype(np.float64)
    values[np.random.default_rng(0).random(values.shape) < 0.05] = np.nan
    values[:3, 1] = values[100:140, 0] = values[200:204] = np.nan
    return values


@pytest.mark.parametrize("which", ["model", "several"])
def test_forecasts_are_those_of_the_recording_bridged_before(which, gaps, request):
    model, bridged = request.getfixturevalue(which), gaps.copy()
    bridge_gaps(bridged, [slice(None)])
    answer, expected = (predictions(model, Table.of(each)) for each in (gaps, bridged))
    assert answer[:, 1:].tobytes() == expected[:, 1:].tobytes()


def test_scores_of_complete_rows_are_those_of_the_recording_bridged_before(model, gaps):
    bridged = gaps.copy()
    bridge_gaps(bridged, [slice(None)])
    answer, expected = (predictions(model, Table.of(each)) for each in (gaps, bridged))
    is_complete = ~np.isnan(gaps).any(axis=1)
    np.testing.assert_array_equal(answer[is_complete, 0], expected[is_complete, 0])


@pytest.mark.parametrize("which", ["model", "several"])
def test_chunks_do_not_change_the_answer(which, gaps, request, monkeypatch):
    model, table = request.getfixturevalue(which), Table.of(gaps)
    whole = predict(model.predictor(), table, Details())
    for windows in (1, 3, 7):
        monkeypatch.setattr("seriesbox.lstm_ad.predictor.WINDOWS_AT_ONCE", windows)
        in_chunks = predict(model.predictor(), table, Details())
        np.testing.assert_allclose(in_chunks, whole, rtol=1e-3, atol=1e-3)


def test_rows_before_the_first_gap_have_the_bytes_that_they_have_without(model, wave):
    values, first = wave[: CONTEXT + 20 * PREDICTION].copy(), CONTEXT + 10 * PREDICTION
    whole = predictions(model, Table.of(values))
    values[first:, 0][::3] = np.nan
    assert predictions(model, Table.of(values))[:first].tobytes() == whole[:first].tobytes()


def test_a_table_with_gaps_is_not_changed(model, gaps):
    table = Table.of(gaps)
    predictions(model, table)
    np.testing.assert_array_equal(table.values, gaps)


def test_a_row_of_which_nothing_is_known_has_forecasts_and_no_score(model, gaps):
    names = model.predictor().names(Details())
    answer = predict(model.predictor(), Table.of(gaps), Details())[CONTEXT:]
    is_missing = np.isnan(gaps[CONTEXT:])
    is_empty = is_missing.all(axis=1)
    assert is_empty.any()
    for name in ("score", "anomaly", "event"):
        np.testing.assert_array_equal(np.isnan(answer[:, names.index(name)]), is_empty)
    shares = answer[:, names.index("share_1") : names.index("share_2") + 1]
    np.testing.assert_array_equal(np.isnan(shares), is_missing)
    np.testing.assert_allclose(np.nansum(shares[~is_empty], axis=1), 1, rtol=1e-6)
    assert np.isfinite(answer[:, [each for each, name in enumerate(names) if "_error_" in name]]).all()
    assert np.isfinite(answer[:, 1:3]).all()


def test_a_column_of_which_nothing_is_known_has_forecasts_too(model, wave):
    values = wave[:60].copy()
    values[:, 0] = np.nan
    _, *chunks = model.predictor().predict(Table.of(values))
    assert all(np.isfinite(chunk.columns).all() for chunk in chunks)


def test_scores_of_normal_rows_are_alike_with_and_without_gaps(model, wave):
    values = wave[:600].copy()
    values[np.random.default_rng(0).random(values.shape) < 0.1] = np.nan
    with_and_without = [np.nanmedian(predictions(model, Table.of(each))[:, 0]) for each in (values, wave[:600])]
    assert abs(np.subtract(*with_and_without)) < 0.5


def test_an_anomaly_that_a_gap_follows_is_found(model, wave):
    values = wave[:600].copy()
    values[300] += [3, 120]
    values[301:310] = np.nan
    assert np.nanargmin(predictions(model, Table.of(values))[:, 0]) == 300


def test_an_older_model_answers_recordings_with_gaps_too(model, gaps, tmp_path):
    save(model, tmp_path)
    remove_tensor(tmp_path, "threshold")
    answer = predictions(load(tmp_path).estimator(), Table.of(gaps))
    np.testing.assert_array_equal(answer, predictions(model, Table.of(gaps)))
