"""Series of several variables: what is refused, and hosts, models and memory."""

import numpy as np
import pytest

from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.checks import check_direction, check_variables
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.errors import ArtifactError, DataError
from seriesbox.run import Run
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table
from tests.cnn_kmeans.several import THREE, VARIABLES, csv, in_rows, several_series
from tests.cnn_kmeans.small import SMALL
from tests.hosts import assert_alike, exit_codes, make_hosts, start_processes
from tests.job import CNN
from tests.predictions import predictions


@pytest.fixture(scope="module")
def series():
    return several_series()


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
    """Checkpoints of before there were several variables are taken up by that."""
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


def test_a_stack_takes_over_the_memory_of_series_of_several_variables(series):
    tables = stack_tables([in_rows(series[:20]), in_rows(series[20:])])
    memory = tables.memory
    before = len(memory)
    CNNKMeans.fit(THREE.model_copy(update={"epochs": 1}), tables, [], Run())
    assert len(memory) <= max(before // 2, 4096)
