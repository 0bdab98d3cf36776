"""`report.html`, as a job writes it. What a browser makes of it: tests/page."""

import numpy as np
import pytest

from seriesbox.tables.csv import write_csv
from tests.job import CNN, LSTM
from tests.report.test_samples import array
from tests.sagemaker.serving.test_page import data_of


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
    labels = array(sample["answers"]["label"])
    sizes = [row[1] for row in training["tables"]["clusters"]["rows"]]
    assert np.bincount(labels.astype(int)).tolist() == sizes
    assert [len(epochs) for epochs in (training["history"], training["channels"])] == [2, 1]


def test_the_report_of_scores_has_the_last_fifth(train, wave):
    (sample,) = train(LSTM)["samples"]
    rows = array(sample["row"], "i4")
    assert rows[-1] == len(wave)
    assert np.isfinite(array(sample["answers"]["score"])[rows > len(wave) * 4 // 5]).all()


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
