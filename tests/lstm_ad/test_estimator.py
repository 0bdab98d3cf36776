from functools import partial
from itertools import chain, repeat

import numpy as np
import pytest
import torch

from seriesbox.algorithm import predict
from seriesbox.errors import STOPPED_BEFORE_TRAINING, DataError, UserError
from seriesbox.lstm_ad import estimator
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.recorder import Recorder

CONTEXT, PREDICTION = 20, 7
SMALL = LSTMADHyperparameters(
    context_length=CONTEXT,
    prediction_length=PREDICTION,
    sequence_stride=3,
    hidden_size=12,
    dropout=0.1,
    batch_size=16,
    lr=0.01,
    epochs=20,
)


def predictions(model, table):
    return predict(model.predictor(), table)


@pytest.fixture(scope="module")
def model(wave):
    return LSTMAD.fit(SMALL, [Table.of(wave)], [], Run())


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


def test_a_stopped_training_gives_a_whole_model(wave, monkeypatch):
    monkeypatch.setattr(estimator, "QUICK_WINDOWS", 20)
    after_a_step = chain([False], repeat(True))
    stopped = LSTMAD.fit(SMALL, [Table.of(wave)], [], Run(stopped=partial(next, after_a_step)))
    assert (stopped.gaussian.cholesky.diagonal() < 1).all()  # no longer what it was before it was fitted
    assert np.isfinite(predictions(stopped, Table.of(wave))[CONTEXT:]).all()


def test_a_training_that_is_stopped_before_its_first_step_gives_none(wave):
    with pytest.raises(UserError, match=STOPPED_BEFORE_TRAINING):
        LSTMAD.fit(SMALL, [Table.of(wave)], [], Run(stopped=lambda: True))


def test_predictions_are_in_input_units(model, wave):
    forecast = predictions(model, Table.of(wave))[CONTEXT:, 1:]
    for column in range(2):
        assert np.corrcoef(forecast[:, column], wave[CONTEXT:, column])[0, 1] > 0.98
        assert abs(forecast[:, column].mean() - wave[CONTEXT:, column].mean()) < 0.1 * wave[:, column].std()


@pytest.mark.parametrize("rows", [CONTEXT + PREDICTION, 100, 101, CONTEXT + 10 * PREDICTION])
def test_a_row_out_for_every_row_in_and_the_first_context_is_empty(model, wave, rows):
    output = predictions(model, Table.of(wave[:rows]))
    assert output.shape == (rows, 3)
    assert np.isnan(output[:CONTEXT]).all()
    assert np.isfinite(output[CONTEXT:]).all()


def test_a_block_depends_on_its_context_alone(model, wave):
    whole = predictions(model, Table.of(wave[:500]))
    start = CONTEXT + 5 * PREDICTION
    part = predictions(model, Table.of(wave[start - CONTEXT : start + PREDICTION]))
    np.testing.assert_allclose(part[CONTEXT:], whole[start : start + PREDICTION], rtol=1e-4, atol=1e-4)


def test_the_score_is_the_density_of_the_scaled_error(model, wave):
    output = predictions(model, Table.of(wave[:200]))[CONTEXT:]
    predictor = model.predictor()
    errors = predictor.scaler(wave[CONTEXT:200]) - predictor.scaler(output[:, 1:])
    np.testing.assert_allclose(output[:, 0], predictor.gaussian.log_density(errors), rtol=1e-3, atol=1e-2)


def test_validation_never_reaches_the_model(wave):
    quick = SMALL.model_copy(update={"epochs": 1})
    alone = LSTMAD.fit(quick, [Table.of(wave)], [], Run())
    validated = LSTMAD.fit(quick, [Table.of(wave)], [Table.of(wave[::-1] * 2)], Run())
    torch.testing.assert_close(alone.state_dict(), validated.state_dict(), rtol=0, atol=0)


def test_the_same_seed_gives_the_same_model_and_another_seed_another(wave):
    one, same, other = (
        LSTMAD.fit(SMALL.model_copy(update={"epochs": 1, "seed": seed}), [Table.of(wave)], [], Run()).state_dict()
        for seed in (0, 0, 1)
    )
    torch.testing.assert_close(one, same, rtol=0, atol=0)
    assert not torch.equal(one["forecaster.head.weight"], other["forecaster.head.weight"])


def test_the_last_fifth_never_reaches_the_network(wave):
    changed = wave.copy()
    changed[len(wave) * 4 // 5 :] = 0
    quick = SMALL.model_copy(update={"epochs": 1})
    one = LSTMAD.fit(quick, [Table.of(wave)], [], Run())
    other = LSTMAD.fit(quick, [Table.of(changed)], [], Run())
    torch.testing.assert_close(one.forecaster.state_dict(), other.forecaster.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(one.scaler.state_dict(), other.scaler.state_dict(), rtol=0, atol=0)
    assert not torch.equal(one.gaussian.mean, other.gaussian.mean)


@pytest.mark.parametrize(
    "values",
    [
        np.full((400, 2), 7.0),
        np.stack([np.arange(400) % 2, np.full(400, 3)], axis=1),
        np.random.default_rng(0).normal(0, 1e-30, (400, 1)),
        np.random.default_rng(0).normal(0, 1e30, (400, 1)),
        np.concatenate([np.zeros((370, 1)), np.full((30, 1), 1e23)]),
        np.concatenate([np.random.default_rng(0).normal(0, 1e-20, (370, 1)), np.full((30, 1), 1e20)]),
        np.random.default_rng(0).choice([-3e38, 3e38], (400, 1)),
    ],
    ids=["constant", "one constant column", "tiny", "huge", "far out at the end", "farther out", "the whole range"],
)
def test_scores_are_finite_for_any_data(values):
    values = values.astype(np.float32)
    model = LSTMAD.fit(SMALL.model_copy(update={"epochs": 1}), [Table.of(values)], [], Run())
    extreme = values.copy()
    extreme[50] = np.finfo(np.float32).max
    extreme[51] = np.finfo(np.float32).min
    for table in (values, extreme):
        assert np.isfinite(predictions(model, Table.of(table))[CONTEXT:]).all()


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


def test_metrics_are_reported_every_epoch(wave):
    heard, files = Recorder(), [Table.of(wave), Table.of(wave[:400])]
    LSTMAD.fit(SMALL.model_copy(update={"epochs": 4}), files, [Table.of(wave)], Run(listener=heard))
    assert [list(metrics) for metrics in heard.history] == [["epoch", *LSTMAD.metrics]] * 4
    assert heard.history[-1]["train_mse"] < heard.history[0]["train_mse"]


def test_one_layer_needs_no_dropout(wave):
    LSTMAD.fit(SMALL.model_copy(update={"num_layers": 1, "dropout": 0.5, "epochs": 1}), [Table.of(wave)], [], Run())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"1,2\n" * 30 + b"3,\n", "the file: row 31 is empty in column 2. LSTM-AD needs a number in every cell"),
        (b"1,2\n" * 30 + b"3\n", "the file: row 31 has 1 cells, the others have 2"),
        (b"1,2\n" * 30 + b"1,2,3\n" + b"1,2\n" * 30, "the file: row 31 has 3 cells, the others have 2"),
        (b"1,2\n\n" + b"1,2\n" * 30, "the file: row 2 has 1 cells, the others have 2"),
        (b"1,2,3\n" * 30, "the file has rows of 3 cells, but the training data has 2"),
        (b"1,2\n" * 26, "the file has 26 rows, but context-length 20 and prediction-length 7 need at least 27"),
    ],
)
def test_what_cannot_be_predicted_is_said(model, body, message):
    with pytest.raises(DataError, match=message):
        predictions(model, parse_csv(body, "the file"))


def test_neither_blocks_nor_their_memory_change_what_is_learnt(wave, monkeypatch):
    quick = SMALL.model_copy(update={"epochs": 1})
    tables = [Table.of(wave[:700].astype(np.float64) + 1e9), Table.of(wave[700:].astype(np.float64) + 1e9)]
    whole = LSTMAD.fit(quick, tables, [], Run()).state_dict()
    for cells in (1, 100, 1_000_000):
        monkeypatch.setattr("seriesbox.tables.blocks.CELLS", cells)
        for given in (tables, stack_tables(tables)):
            torch.testing.assert_close(LSTMAD.fit(quick, given, [], Run()).state_dict(), whole, rtol=0, atol=0)


def test_every_gap_is_named_over_all_files(wave):
    gaps = wave.copy()
    gaps[3, 0] = gaps[[3, 9], 1] = np.nan
    with pytest.raises(DataError) as caught:
        LSTMAD.fit(SMALL, [Table.of(gaps, "a"), Table.of(wave[:9], "b")], [Table.of(wave[:, :1], "c")], Run())
    assert str(caught.value) == (
        "a: row 4 is empty in column 1; row 4 is empty in column 2; row 10 is empty in column 2. "
        "LSTM-AD needs a number in every cell: fill the gaps before. "
        "b has 9 rows, but context-length 20 and prediction-length 7 need at least 135 to train on, so that the last "
        "fifth holds a window. "
        "c has rows of 1 cells, but the training data has 2: give one time step per row and one series per column; "
        "in JSON, a list of rows."
    )


def test_too_short_a_training_file_is_named(wave):
    with pytest.raises(DataError, match=r"short.csv has 134 rows.* need at least 135 to train on"):
        LSTMAD.fit(SMALL, [Table.of(wave), Table.of(wave[:134], "training/short.csv")], [], Run())
    LSTMAD.fit(SMALL.model_copy(update={"epochs": 1}), [Table.of(wave[:135])], [], Run())
