"""Series of several variables."""

import numpy as np
import pytest
import torch

from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans import predictor
from seriesbox.cnn_kmeans.checks import check_direction, check_variables
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.variables import as_series
from seriesbox.errors import ArtifactError, DataError
from seriesbox.run import Run
from seriesbox.tables import blocks
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL
from tests.hosts import assert_alike, exit_codes, make_hosts, start_processes
from tests.job import CNN
from tests.predictions import predictions
from tests.recorder import Recorder

NAN = np.nan
VARIABLES = 3
THREE = SMALL.model_copy(update={"variables": VARIABLES, "epochs": 2})


def in_rows(series: list[np.ndarray], steps: int = 0, name: str = "three variables") -> Table:
    """Series as rows, each as wide as it is, or all of the same number of steps."""
    padded = [
        np.pad(each, [(0, 0), (0, max(0, steps - each.shape[1]))], constant_values=NAN).ravel() for each in series
    ]
    widths = np.array([len(row) for row in padded], np.int32)
    values = [np.pad(row, (0, widths.max() - len(row)), constant_values=NAN) for row in padded]
    return Table(np.array(values), widths, name)


@pytest.fixture(scope="module")
def series() -> list[np.ndarray]:
    """40 series of 5 to 30 steps, whose variables have other units, gaps, and other beginnings and ends."""
    random = np.random.default_rng(0)
    found = []
    for number in range(40):
        values = np.sin(np.arange(random.integers(5, 31)) * (1 + number % 2) / 3) + random.normal(
            0, 0.1, (VARIABLES, 1)
        )
        values = values * [[1], [100], [0.01]] + [[0], [1e5], [7]]
        values[random.random(values.shape) < 0.1] = NAN
        values[1, : random.integers(0, 3)] = NAN
        found.append(values)
    return found


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
    with pytest.raises(DataError, match="training channel has nothing of variable 2 in any series"):
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


def test_rows_of_another_number_of_cells_are_named():
    table = in_rows([np.ones((1, 6)), np.ones((1, 7)), np.ones((1, 1))], name="training/a.csv")
    with pytest.raises(DataError) as caught:
        check_variables(table, VARIABLES)
    assert str(caught.value).startswith(
        "training/a.csv must have as many cells for each of 3 variables (`variables`) of a row: "
        "row 2 has 7 cells; row 3 has 1 cell, no multiple of 3. Give"
    )
    check_variables(table, 1)


def test_rows_that_are_steps_of_several_variables_are_refused():
    with pytest.raises(
        DataError, match="has 3 columns for 3 variables, so that each of its 400 rows would be a series"
    ):
        check_direction(Table.of(np.ones((400, 3))), 10, 3)
    check_direction(Table.of(np.ones((400, 6))), 10, 3)


def test_a_model_of_other_variables_than_its_columns_is_refused(series, tmp_path):
    model = CNNKMeans.fit(THREE, [in_rows(series)], [], Run())
    save(model, tmp_path)
    np.testing.assert_allclose(
        predictions(load(tmp_path).estimator(), in_rows(series)), predictions(model, in_rows(series))
    )
    description = tmp_path / "model.json"
    description.write_text(description.read_text().replace('"columns": 90', '"columns": 91'))
    with pytest.raises(ArtifactError, match="A model of 3 variables cannot have 91 columns"):
        load(tmp_path)


def test_a_single_variable_is_not_written_down():
    """So models and checkpoints are, byte by byte, those of before there were several."""
    assert "variables" not in SMALL.to_dict()
    assert SMALL.parse(SMALL.to_dict()) == SMALL
    assert THREE.parse(THREE.to_dict()).variables == VARIABLES


def test_hosts_with_a_part_each_scale_and_name_what_one_host_does(make_job, series):
    files = [csv(part).encode() for part in (series[:25], [each[:, :9] for each in series[25:]])]
    sizes = {**CNN, "variables": "3", "epochs": "1", "scaling": "step", "features": "raw"}
    (alone,) = make_hosts(make_job, sizes, [{f"{number}.csv": body for number, body in enumerate(files)}])
    jobs = make_hosts(make_job, sizes, [{f"{number}.csv": body} for number, body in enumerate(files)], sharded=True)
    assert exit_codes(start_processes([alone])) == [0]
    assert exit_codes(start_processes(jobs, per_host=2)) == [0] * 4
    found, expected = (load(job.model).tensors for job in (jobs[0], alone))
    for name in ("scaler.shift", "scaler.scale"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, atol=1e-9)
    both = make_hosts(make_job, {**sizes, "batch-size": "5"}, [{"a.csv": b"".join(files)}] * 2)
    assert exit_codes(start_processes(both)) == [0, 0]
    assert_alike(both[0], alone)


def csv(series: list[np.ndarray]) -> str:
    return "".join(
        ",".join("" if np.isnan(cell) else repr(float(cell)) for cell in each.ravel()) + "\n" for each in series
    )


def test_a_stack_takes_over_the_memory_of_series_of_several_variables(series):
    tables = stack_tables([in_rows(series[:20]), in_rows(series[20:])])
    memory = tables.memory
    before = len(memory)
    CNNKMeans.fit(THREE.model_copy(update={"epochs": 1}), tables, [], Run())
    assert len(memory) <= max(before // 2, 4096)
