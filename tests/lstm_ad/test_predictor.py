import numpy as np
import pytest

from seriesbox.errors import DataError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.run import Run
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.table import Table
from tests.lstm_ad.small import CONTEXT, PREDICTION, SMALL
from tests.predictions import predictions


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


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            b"1,2\n" * 30 + b"3,\n" * 31,
            r"the file has columns that are mostly empty: column 2 in 31 of 61 rows \(50.8%\)",
        ),
        (b"1,\n" * 30, "the file: column 2 is empty in every row"),
        (b",2\n,\n1,\n" * 20, r"the file has .*: column 1 in 40 of 60 rows \(66.7%\); column 2 in 40 of 60 rows"),
        (b"1,2\n" * 30 + b",\n" * 20 + b"1,2\n,\n", "the file is empty in rows 31 to 50. From context-length 20 rows"),
        (b"1,2\n" * 30 + b"3\n", "the file: row 31 has 1 cells, the others have 2"),
        (b"1,2\n" * 30 + b"1,2,3\n" + b"1,2\n" * 30, "the file: row 31 has 3 cells, the others have 2"),
        (b"1,2,\n" * 40, "the file has rows of 3 cells, but the training data has 2"),
        (b"1,2,3\n" * 30, "the file has rows of 3 cells, but the training data has 2"),
        (b"1,2\n" * 26, "the file has 26 rows, but context-length 20 and prediction-length 7 need at least 27"),
    ],
)
def test_a_table_that_cannot_be_predicted_is_refused_with_the_reason(model, body, message):
    with pytest.raises(DataError, match=message):
        predictions(model, parse_csv(body, "the file"))
