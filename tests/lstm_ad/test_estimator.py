from functools import partial
from itertools import chain, repeat

import numpy as np
import pytest
import torch

from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.lstm_ad import estimator
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, PREDICTION, SMALL
from tests.predictions import predictions
from tests.recorder import Recorder


@pytest.mark.parametrize(
    ("columns", "changes", "parameters"), [(1, {}, 13_258), (2, {"prediction_length": 100, "hidden_size": 64}, 63_688)]
)
def test_the_published_parameter_counts(columns, changes, parameters):
    forecaster = LSTMAD(LSTMADHyperparameters(**changes), columns).forecaster
    assert sum(parameter.numel() for parameter in forecaster.parameters()) == parameters


def test_a_planted_anomaly_has_the_lowest_score(model, wave):
    changed = wave.copy()
    changed[600:605, 1] = 200 - changed[600:605, 1]
    scores = predictions(model, Table.of(changed))[:, 0]
    assert 600 <= np.nanargmin(scores) < 605 + PREDICTION


def test_an_anomaly_is_found_on_a_large_offset(wave):
    values = wave.astype(np.float64) + 1e9
    model = LSTMAD.fit(SMALL, [Table.of(values)], [], Run())
    values[600:605, 1] = 2e9 + 200 - values[600:605, 1]
    assert 600 <= np.nanargmin(predictions(model, Table.of(values))[:, 0]) < 605 + PREDICTION


def test_a_column_that_turns_wild_in_the_last_fifth_does_not_hide_the_others(wave):
    random = np.random.default_rng(0)
    wild = np.concatenate([np.zeros(1000), random.normal(0, 1e4, 200)])
    values = np.stack([wild, wave[:, 1]], axis=1)
    model = LSTMAD.fit(SMALL, [Table.of(values)], [], Run())
    values = np.stack([np.zeros(1200), wave[:, 1]], axis=1)
    values[600:605, 1] = 200 - values[600:605, 1]
    assert 600 <= np.nanargmin(predictions(model, Table.of(values))[:, 0]) < 605 + PREDICTION


def test_the_same_seed_gives_the_same_model_and_another_seed_another(wave):
    one, same, other = (
        LSTMAD.fit(SMALL.model_copy(update={"epochs": 1, "seed": seed}), [Table.of(wave)], [], Run()).state_dict()
        for seed in (0, 0, 1)
    )
    torch.testing.assert_close(one, same, rtol=0, atol=0)
    assert not torch.equal(one["forecaster.head.weight"], other["forecaster.head.weight"])


def test_validation_never_reaches_the_model(wave):
    quick = SMALL.model_copy(update={"epochs": 1})
    alone = LSTMAD.fit(quick, [Table.of(wave)], [], Run())
    validated = LSTMAD.fit(quick, [Table.of(wave)], [Table.of(wave[::-1] * 2)], Run())
    torch.testing.assert_close(alone.state_dict(), validated.state_dict(), rtol=0, atol=0)


def test_metrics_are_reported_every_epoch(wave):
    recorder, files = Recorder(), [Table.of(wave), Table.of(wave[:400])]
    LSTMAD.fit(SMALL.model_copy(update={"epochs": 4}), files, [Table.of(wave)], Run(listener=recorder))
    assert [list(metrics) for metrics in recorder.history] == [["epoch", *LSTMAD.metrics]] * 4
    assert recorder.history[-1]["train_mse"] < recorder.history[0]["train_mse"]


def test_one_layer_needs_no_dropout(wave):
    LSTMAD.fit(SMALL.model_copy(update={"num_layers": 1, "dropout": 0.5, "epochs": 1}), [Table.of(wave)], [], Run())


def test_a_stopped_training_gives_a_whole_model(wave, monkeypatch):
    monkeypatch.setattr(estimator, "QUICK_WINDOWS", 20)
    after_a_step = chain([False], repeat(True))
    stopped = LSTMAD.fit(SMALL, [Table.of(wave)], [], Run(stopped=partial(next, after_a_step)))
    assert (stopped.gaussian.cholesky.diagonal() < 1).all()  # no longer what it was before it was fitted
    assert np.isfinite(predictions(stopped, Table.of(wave))[CONTEXT:]).all()


def test_a_training_that_is_stopped_before_its_first_step_gives_none(wave):
    with pytest.raises(UserError, match=STOPPED_BEFORE_TRAINING):
        LSTMAD.fit(SMALL, [Table.of(wave)], [], Run(stopped=lambda: True))
