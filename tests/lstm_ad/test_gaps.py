"""Training on recordings with gaps."""

from functools import partial
from itertools import chain, repeat

import numpy as np
import pytest
import torch

from seriesbox.errors import DataError
from seriesbox.lstm_ad import estimator
from seriesbox.lstm_ad.channel import WindowChannel
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.run import Run
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, SMALL
from tests.predictions import predictions
from tests.recorder import Recorder


@pytest.fixture(scope="module")
def gaps(wave) -> np.ndarray:
    """A tenth of the cells is missing, and some in blocks of twenty rows."""
    values = wave.copy()
    values[np.random.default_rng(0).random(values.shape) < 0.1] = np.nan
    values[300:320, 0] = values[1100:1120, 1] = np.nan
    return values


def fit(values: np.ndarray, **changes) -> tuple[LSTMAD, Recorder]:
    recorder = Recorder()
    sizes = SMALL.model_copy(update=changes)
    return LSTMAD.fit(sizes, [Table.of(values)], [Table.of(values)], Run(listener=recorder)), recorder


def test_training_with_gaps_learns_nearly_as_much(wave, gaps):
    (model, with_gaps), (_, without) = fit(gaps), fit(wave)
    for name in LSTMAD.metrics:  # contexts that are bridged tell less
        assert with_gaps.history[-1][name] < 3 * without.history[-1][name] < with_gaps.history[0][name]
    assert np.isfinite(predictions(model, Table.of(wave))[CONTEXT:]).all()


def test_the_last_fifth_reaches_the_network_by_no_bridge(gaps):
    cut = len(gaps) * 4 // 5
    one, other = gaps.copy(), gaps.copy()
    one[cut - 5 : cut + 5] = other[cut - 5 : cut + 5] = np.nan
    other[cut + 5 :] += 1
    models = [fit(each, epochs=1)[0] for each in (one, other)]
    torch.testing.assert_close(*(each.forecaster.state_dict() for each in models), rtol=0, atol=0)
    torch.testing.assert_close(*(each.scaler.state_dict() for each in models), rtol=0, atol=0)


def test_a_mask_without_a_gap_changes_no_byte(wave, monkeypatch):
    plain = fit(wave, epochs=2)
    monkeypatch.setattr("seriesbox.lstm_ad.channel.missing_cells", lambda tables: np.isnan(tables.values))
    masked = fit(wave, epochs=2)
    torch.testing.assert_close(plain[0].state_dict(), masked[0].state_dict(), rtol=0, atol=0)
    for name, value in plain[1].history[-1].items():
        assert masked[1].history[-1][name] == pytest.approx(value)


def test_the_scaler_ignores_missing_cells(wave, gaps):
    channel = WindowChannel("training", stack_tables([Table.of(gaps)]), SMALL, Run())
    known = gaps[: len(gaps) * 4 // 5].astype(np.float64)
    np.testing.assert_array_equal(channel.fit_scaler().shift, np.nanmin(known, axis=0))


def test_several_forecasts_and_a_window_are_fitted_to_rows_with_gaps_too(gaps):
    model, _ = fit(gaps, prediction_length=6, forecast_stride=2, score_window=4, epochs=3)
    assert torch.isfinite(model.threshold)
    assert (model.gaussian.cholesky.diagonal() < 1).all()


def test_the_threshold_is_a_quantile_of_rows_that_have_a_score(gaps):
    model, _ = fit(gaps, false_alarm_rate=0.1)
    scores = predictions(model, Table.of(gaps[len(gaps) * 4 // 5 :]))[CONTEXT:, 0]
    assert 0.04 < (scores[~np.isnan(scores)] < model.threshold.item()).mean() < 0.2


def test_too_few_rows_without_gaps_for_the_density_are_told_before_training(wave):
    values = wave.copy()
    values[len(wave) * 4 // 5 :: 2, 0] = values[len(wave) * 4 // 5 + 1 :: 2, 1] = np.nan
    with pytest.raises(DataError, match=r"2 errors needs 3 rows with a number in every cell .* only 0 are such"):
        fit(values)


def test_a_training_that_is_stopped_gives_a_whole_model(gaps, monkeypatch):
    monkeypatch.setattr(estimator, "QUICK_WINDOWS", 20)
    run = Run(stopped=partial(next, chain([False], repeat(True))))
    assert np.isfinite(predictions(LSTMAD.fit(SMALL, [Table.of(gaps)], [], run), Table.of(gaps))[CONTEXT:, 1:]).all()
