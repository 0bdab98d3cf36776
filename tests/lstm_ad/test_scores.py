"""Scores by several forecasts of a step, and their means."""

import numpy as np
import pytest
import torch

from seriesbox.algorithm import predict
from seriesbox.artifact import load, save
from seriesbox.errors import HyperparameterError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.scores import TrailingMean
from seriesbox.run import Run
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, SMALL
from tests.predictions import predictions
from tests.recorder import Recorder

LENGTH = 6


def fit(wave, **changes):
    sizes = SMALL.model_copy(update={"prediction_length": LENGTH, "epochs": 3, **changes})
    return LSTMAD.fit(sizes, [Table.of(wave)], [], Run())


def errors_by_hand(model, scaled, first, stride):
    """Return the errors of rows from `first` on, newest forecast first; contexts end `stride` rows apart."""
    with torch.inference_mode():
        context = {
            end: model.forecaster(torch.from_numpy(scaled[None, end - CONTEXT : end]))[0].numpy()
            for end in range(CONTEXT, len(scaled), stride)
        }
    rows = []
    for row in range(first, len(scaled)):
        newest = CONTEXT + (row - CONTEXT) // stride * stride
        ends = range(newest, row - LENGTH, -stride)
        rows.append(np.concatenate([scaled[row] - context[end][row - end] for end in ends]))
    return np.array(rows)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_score_is_the_density_of_a_row_s_errors_in_all_its_forecasts(wave, stride, monkeypatch):
    monkeypatch.setattr("seriesbox.lstm_ad.predictor.WINDOWS_AT_ONCE", 5)  # several chunks
    model = fit(wave, forecast_stride=stride)
    answer = predictions(model, Table.of(wave[:200]))
    first = CONTEXT + LENGTH - stride
    assert np.isnan(answer[:first, 0]).all()
    assert np.isfinite(answer[first:]).all()
    assert np.isfinite(answer[CONTEXT:, 1:]).all()
    predictor = model.predictor()
    scaled = predictor.scaler(wave[:200]).astype(np.float32)
    errors = errors_by_hand(model, scaled, first, stride)
    assert errors.shape[1] == LENGTH // stride * 2
    np.testing.assert_allclose(answer[first:, 0], predictor.gaussian.log_density(errors), rtol=1e-3, atol=0.05)


def test_the_density_is_fitted_to_the_errors_of_the_last_fifth(wave):
    model = fit(wave, forecast_stride=2)
    held_out = model.predictor().scaler(wave[len(wave) * 4 // 5 :]).astype(np.float32)
    blocks = (len(held_out) - CONTEXT - LENGTH) // 2 + 1  # of two rows; the last rows may make no block
    by_hand = Gaussian.fit(errors_by_hand(model, held_out, CONTEXT + LENGTH - 2, 2)[: 2 * blocks])
    np.testing.assert_allclose(model.gaussian.mean.numpy(), by_hand.mean, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(model.gaussian.cholesky.numpy(), by_hand.cholesky, rtol=1e-2, atol=1e-5)


def test_a_model_of_several_forecasts_is_saved_and_answers_with_empty_scores_first(wave, tmp_path):
    save(fit(wave, forecast_stride=3, score_window=2), tmp_path)
    lines = write_csv(predict(load(tmp_path).predictor(), Table.of(wave[:60]))).decode().splitlines()
    assert [line.split(",")[0] == "" for line in lines] == [True] * (CONTEXT + 3) + [False] * (60 - CONTEXT - 3)
    assert all("" not in line.split(",")[1:] for line in lines[CONTEXT:])


def test_the_published_score_is_one_forecast_a_row(wave):
    one, other = fit(wave), fit(wave, forecast_stride=LENGTH)
    np.testing.assert_array_equal(predictions(one, Table.of(wave[:99])), predictions(other, Table.of(wave[:99])))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"forecast_stride": 4}, "`forecast-stride` is 4, but must divide `prediction-length`, which is 6"),
        ({"forecast_stride": 12}, "must divide"),
        ({"forecast_stride": 1, "prediction_length": 101}, "makes 202 errors a row"),
    ],
)
def test_forecasts_that_cannot_be_scored_together_are_refused(wave, changes, message):
    with pytest.raises(HyperparameterError, match=message):
        fit(np.tile(wave, (5, 1)), **changes)


def test_the_mean_is_over_the_rows_before_in_any_chunks():
    scores = np.array([[np.nan, np.nan, 4, 2, 0, 3, 9]]).T
    mean = TrailingMean(3)
    in_chunks = np.concatenate([mean(part) for part in np.split(scores, [1, 3, 4])])
    np.testing.assert_allclose(in_chunks, [[each] for each in (np.nan, np.nan, 4, 3, 2, 5 / 3, 4)])
    np.testing.assert_array_equal(TrailingMean(1)(scores), scores)


def test_a_density_of_many_errors_that_is_fitted_to_few_rows_is_told(wave):
    recorder = Recorder()
    sizes = SMALL.model_copy(update={"prediction_length": LENGTH, "forecast_stride": 1, "epochs": 1})
    LSTMAD.fit(sizes, [Table.of(wave[:200])], [], Run(listener=recorder))
    warning, _ = recorder.warnings
    assert warning.startswith("The density of 12 errors is fitted to only 15 rows of the last fifth")
