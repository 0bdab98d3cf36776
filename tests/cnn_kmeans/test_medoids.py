"""The tables of a training's clusters."""

import csv

import numpy as np
import pytest

from seriesbox.cnn_kmeans import clustering, final_clusters, medoids
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.run import Run
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table
from tests.cnn_kmeans.seen import seen
from tests.cnn_kmeans.small import SMALL
from tests.hosts import exit_codes, make_hosts, start_processes
from tests.job import CNN
from tests.predictions import predictions
from tests.recorder import Recorder


def fitted(tables, **changes):
    """The model, its clusters by column, and its medoids."""
    recorder = Recorder()
    sizes = SMALL.model_copy(update={"epochs": 2, **changes})
    model = CNNKMeans.fit(sizes, tables, [], Run(listener=recorder))
    columns, rows = recorder.tables["clusters"]
    return model, dict(zip(columns, zip(*rows, strict=True), strict=True)), recorder


def as_given(row):
    """A series with gaps bridged and missing ends cut off."""
    row = row[None].astype(np.float64)
    bridge_gaps(row)
    return row[~np.isnan(row)]


@pytest.fixture(scope="module")
def files(two_shapes) -> dict[str, Table]:
    """The series at a distance from zero in two files, one of shorter series, and some that begin late."""
    values = two_shapes[0].values * [10] + np.arange(40) + 5000
    values[::5, :3] = np.nan
    return {name: Table.of(part, name) for name, part in (("a", values[:25, :35]), ("b", values[25:]))}


@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
@pytest.mark.parametrize("most", [60, 20])
def test_a_medoid_is_the_member_nearest_to_the_centroid_as_it_is_in_its_file(files, monkeypatch, scaling, most):
    monkeypatch.setattr(final_clusters, "CLUSTERED_SERIES", most)
    model, clusters, recorder = fitted(list(files.values()), scaling=scaling)
    padded = [
        np.pad(each.values, [(0, 0), (0, 40 - each.values.shape[1])], constant_values=np.nan) for each in files.values()
    ]
    sample = np.concatenate(padded)[:: 60 // most]
    labels, features = predictions(model, Table.of(sample))[:, 0], seen(model.predictor(), Table.of(sample))
    columns, rows = recorder.tables["medoids"]
    assert columns == ["label", *(f"step_{step + 1}" for step in range(max(map(len, rows)) - 1))]
    assert clusters["label"] == (0, 1)
    assert clusters["size"][0] >= clusters["size"][1]
    for label, (name, number) in enumerate(zip(clusters["file"], clusters["row"], strict=True)):
        distance = np.linalg.norm(features - model.centroids[label].numpy(), axis=1)
        distance[labels != label] = np.inf
        medoid = as_given(sample[distance.argmin()])
        np.testing.assert_array_equal(as_given(files[name].values[number - 1]), medoid)
        assert rows[label][0] == label
        np.testing.assert_allclose(rows[label][1:], medoid, rtol=1e-6)
        members = distance[np.isfinite(distance)]
        assert clusters["size"][label] == len(members)
        assert clusters["share"][label] == len(members) / most
        assert clusters["mean_distance"][label] == pytest.approx(members.mean(), abs=1e-4)
    assert np.isfinite(clusters["silhouette"]).all()


def test_silhouettes_of_many_series_are_those_of_a_sample(files, monkeypatch):
    monkeypatch.setattr("seriesbox.cnn_kmeans.members.SCORED_SERIES", 20)
    _, clusters, _ = fitted(list(files.values()))
    assert np.isfinite(clusters["silhouette"]).all()
    assert clustering.SCORED_SERIES > 60


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_an_empty_cluster_has_no_medoid():
    _, clusters, recorder = fitted([Table.of(np.ones((5, 12)), "ones")])
    assert clusters["size"] == (5, 0)
    assert clusters["file"] == ("ones", "")
    assert clusters["silhouette"] == ("", "")
    assert recorder.tables["medoids"][1] == [[0, *np.ones(12)], [1]]


def test_a_fault_in_a_table_does_not_cost_the_model(files, monkeypatch):
    def fails(*_):
        raise MemoryError

    monkeypatch.setattr(Recorder, "table", fails)
    recorder = Recorder()
    CNNKMeans.fit(SMALL.model_copy(update={"epochs": 1}), list(files.values()), [], Run(listener=recorder))
    assert recorder.warnings == ["The clusters of the training are not described: MemoryError()."]


def test_medoids_that_would_fill_a_disk_are_named_alone(files, monkeypatch):
    monkeypatch.setattr(medoids, "MAX_CELLS", 79)
    _, clusters, recorder = fitted(list(files.values()))
    assert all(clusters["file"])
    assert list(recorder.tables) == ["clusters"]


@pytest.mark.parametrize(("sharded", "scaling"), [(True, "series"), (False, "step")])
def test_medoids_of_several_processes_are_rows_of_the_files_of_their_hosts(make_job, files, sharded, scaling):
    bodies = {f"{name}.csv": write_csv(table.values) for name, table in files.items()}
    data = [{name: body} for name, body in bodies.items()] if sharded else [bodies, bodies]
    jobs = make_hosts(make_job, {**CNN, "clusters": "3", "epochs": "2", "scaling": scaling}, data, sharded=sharded)
    assert exit_codes(start_processes(jobs, per_host=2)) == [0] * 4
    output = jobs[0].base / "output" / "data"
    clusters, series = (
        list(csv.reader((output / f"{name}.csv").read_text().splitlines())) for name in ("clusters", "medoids")
    )
    assert sum(int(row[1]) for row in clusters[1:]) == 60
    for (*_, name, number), (_, *values) in zip(clusters[1:], series[1:], strict=True):
        (file,) = (each for each in files if f"{each}.csv" in name)
        given = as_given(files[file].values[int(number) - 1])
        np.testing.assert_allclose(np.array(values, float), given, rtol=1e-6)
    assert not (jobs[1].base / "output" / "data" / "clusters.csv").exists()
