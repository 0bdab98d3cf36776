"""`report.html`, as a job writes it. What a browser makes of it: tests/page."""

import base64

import numpy as np
import pytest

from seriesbox.sagemaker.training.samples import sample_recordings, sample_series
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table
from tests.job import CNN, LSTM
from tests.sagemaker.serving.test_page import data_of


def array(text: str, kind: str = "f4") -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), f"<{kind}")


@pytest.fixture
def train(job, bodies):
    """Train, and return the data of the report."""

    def train(sizes):
        job.set({**sizes, "epochs": "2"})
        job.put("training", "rows.csv", bodies[sizes["model"]])
        process = job.train()
        assert process.returncode == 0
        assert "Wrote the report to" in process.stdout
        return data_of((job.base / "output/data/report.html").read_bytes())["training"]

    return train


def test_the_report_of_clusters_has_all_series_with_their_answers(train, two_shapes):
    training = train(CNN)
    (sample,) = training["samples"]
    table, _ = two_shapes
    values = np.split(array(sample["values"]), np.cumsum(array(sample["lengths"], "i4")))[:-1]
    assert len(values) == len(table.values)
    np.testing.assert_allclose(values[1], table.values[1], rtol=1e-6)
    labels = array(sample["answer"]).reshape(len(values), -1)[:, sample["names"].index("label")]
    sizes = [row[1] for row in training["tables"]["clusters"]["rows"]]
    assert np.bincount(labels.astype(int)).tolist() == sizes
    assert [len(epochs) for epochs in (training["history"], training["channels"])] == [2, 1]


def test_the_report_of_scores_has_the_last_fifth(train, wave):
    (sample,) = train(LSTM)["samples"]
    rows = array(sample["row"], "i4")
    assert rows[-1] == len(wave)
    scores = array(sample["answer"]).reshape(len(rows), -1)[:, 0]
    assert np.isfinite(scores[rows > len(wave) * 4 // 5]).all()


def test_a_sample_of_many_series_is_spread_over_all_files(two_shapes):
    table, _ = two_shapes
    many = [Table(np.tile(table.values, (30, 1)), np.tile(table.widths, 30), name) for name in ("a", "b")]
    (sample,) = sample_series("", many, labelled=False)
    assert 500 < len(sample.file) <= 1000
    assert np.bincount(sample.file).tolist() == [len(sample.file) // 2] * 2
    places = [many[file].values[row - 1] for file, row in zip(sample.file, sample.row, strict=True)]
    np.testing.assert_array_equal(sample.table.values, places)


def test_rows_around_the_first_labelled_anomaly_are_shown():
    labels = np.zeros(300_000)
    labels[200_000] = 1
    table = Table.of(np.column_stack([labels, np.arange(300_000)]))
    (sample,) = sample_recordings("", [table], labelled=True, before=25)
    assert sample.labels.sum() == 1
    np.testing.assert_array_equal(sample.table.values[:, 0], sample.row - 1)
    assert 10_000 < len(sample.row) < 50_000


def test_a_report_that_cannot_be_written_fails_no_job(job, bodies):
    job.set({**CNN, "epochs": "1"})
    job.put("training", "rows.csv", bodies["cnn-kmeans"])
    (job.base / "output/data/report.html").mkdir(parents=True)
    process = job.train()
    assert process.returncode == 0
    assert "The report was not written: IsADirectoryError" in process.stdout


def test_an_algorithm_that_gives_labels_to_labelled_data_shows_both(job, two_shapes):
    table, is_fast = two_shapes
    job.set({**CNN, "epochs": "1"})
    job.put("training", "rows.csv", write_csv(table.values))
    job.put("test", "rows.csv", write_csv(np.column_stack([is_fast, table.values])))
    assert job.train().returncode == 0
    _, labelled = data_of((job.base / "output/data/report.html").read_bytes())["training"]["samples"]
    np.testing.assert_array_equal(array(labelled["labels"]), is_fast)
