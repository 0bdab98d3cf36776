"""Series of several variables: how they are scaled, filled up and described."""

import numpy as np
import pytest
import torch

from seriesbox.cnn_kmeans import predictor
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.variables import as_series
from seriesbox.errors import DataError
from seriesbox.run import Run
from seriesbox.tables import blocks
from tests.cnn_kmeans.several import NAN, THREE, VARIABLES, in_rows, several_series
from tests.predictions import predictions
from tests.recorder import Recorder


@pytest.fixture(scope="module")
def series():
    return several_series()


@pytest.mark.parametrize("cells", [1, 8, 100, 1 << 17])
def test_the_variables_of_a_row_become_those_of_a_series(series, monkeypatch, cells):
    monkeypatch.setattr("seriesbox.cnn_kmeans.variables.BLOCK_CELLS", cells)
    monkeypatch.setattr(blocks, "BLOCK_CELLS", cells)
    found, expected = (
        as_series(table.values.copy(), table.widths, VARIABLES) for table in (in_rows(series), in_rows(series, 30))
    )
    np.testing.assert_array_equal(found, expected)
    for values, given in zip(found, series, strict=True):
        steps = given.shape[1]
        observed = ~np.isnan(given)
        np.testing.assert_array_equal(values[:, :steps][observed], given[observed])
        assert np.isnan(values[:, steps:]).all()


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_rows_of_any_width_give_the_same_model_and_the_same_answers(series, scaling, monkeypatch):
    sizes = THREE.model_copy(update={"scaling": scaling})
    model, other = (CNNKMeans.fit(sizes, [table], [], Run()) for table in (in_rows(series), in_rows(series, 30)))
    torch.testing.assert_close(model.state_dict(), other.state_dict(), rtol=0, atol=0)
    table = in_rows(series)
    answers = predictions(model, table)
    np.testing.assert_array_equal(predictions(model, table), answers)  # the same table once more
    alone = np.concatenate([predictions(model, in_rows([each])) for each in series])
    np.testing.assert_allclose(alone, answers, rtol=1e-4, atol=1e-5)
    monkeypatch.setattr(predictor, "CELLS_AT_ONCE", 1)  # as if they were very long
    np.testing.assert_allclose(predictions(model, in_rows(series)), answers, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_every_variable_is_scaled_by_itself(series, scaling):
    sizes = THREE.model_copy(update={"scaling": scaling})
    units = np.array([[1e3], [2.0**-9], [1]])
    shift = np.array([[-5e4], [3], [0]])
    model = CNNKMeans.fit(sizes, [in_rows(series)], [], Run())
    other = CNNKMeans.fit(sizes, [in_rows([each * units + shift for each in series])], [], Run())
    torch.testing.assert_close(other.encoder.state_dict(), model.encoder.state_dict(), rtol=1e-2, atol=1e-3)


def test_a_series_is_the_same_however_it_is_filled_up(series):
    """At a step without a value, a variable has its nearest one. What is missing at an end of all is cut off."""
    model = CNNKMeans.fit(THREE, [in_rows(series)], [], Run())
    given = np.array([[NAN, NAN, 2, 3, 4, NAN], [NAN, 1, NAN, 5, NAN, NAN], [NAN, NAN, 7, 7, NAN, NAN]])
    filled = np.array([[2, 2, 3, 4], [1, 3, 5, 5], [7, 7, 7, 7]], float)
    answers = predictions(model, in_rows([given, filled]))
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-5, atol=1e-6)


def test_a_variable_of_which_a_series_has_nothing_counts_as_its_mean(series):
    recorder, absent = Recorder(), [each.copy() for each in series]
    for each in absent[:3]:
        each[1] = NAN
    model = CNNKMeans.fit(THREE, [in_rows(absent)], [], Run(listener=recorder))
    assert recorder.warnings[0] == "training: variable 2 is missing in 3 of 40 series, and counts as its mean there."
    mean = [each.copy() for each in absent[:3]]
    for each in mean:
        each[1] = model.predictor().scaler.shift[1]
    np.testing.assert_allclose(
        predictions(model, in_rows(mean)), predictions(model, in_rows(absent[:3])), rtol=1e-4, atol=1e-5
    )
    for each in absent:
        each[1] = NAN
    with pytest.raises(DataError, match="training data has nothing of variable 2 in any series"):
        CNNKMeans.fit(THREE, [in_rows(absent)], [], Run())


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_medoids_are_rows_as_they_came_in(series, scaling):
    recorder = Recorder()
    CNNKMeans.fit(THREE.model_copy(update={"scaling": scaling}), [in_rows(series)], [], Run(listener=recorder))
    columns, rows = recorder.tables["medoids"]
    names, clusters = recorder.tables["clusters"]
    assert columns[:3] == ["label", "cell_1", "cell_2"]
    for (_, *cells), cluster in zip(rows, clusters, strict=True):
        given = series[cluster[names.index("row")] - 1]
        given = given[:, (first := np.flatnonzero(~np.isnan(given).all(axis=0)))[0] : first[-1] + 1]
        medoid, observed = np.array(cells).reshape(VARIABLES, -1), ~np.isnan(given)
        np.testing.assert_allclose(medoid[observed], given[observed], rtol=1e-6, atol=1e-6)
        assert np.isfinite(medoid).all()
