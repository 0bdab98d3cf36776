"""`report`, of a fit and of other data."""

import pytest

from seriesbox import load
from tests.report.test_samples import array
from tests.sagemaker.serving.test_page import data_of


def training_of(file):
    return data_of(file.read_bytes())["training"]


def test_the_report_of_a_fit_has_its_epochs_and_its_data(clusters, tmp_path):
    clusters.report(tmp_path / "report.html")
    training = training_of(tmp_path / "report.html")
    assert [epoch["epoch"] for epoch in training["history"]] == [epoch["epoch"] for epoch in clusters.history_]
    (sample,) = training["samples"]
    assert array(sample["answers"]["label"]).tolist() == clusters.labels_.tolist()


def test_a_loaded_model_reports_what_it_is_given(detector, wave, tmp_path):
    detector.save(tmp_path)
    model = load(tmp_path)
    with pytest.raises(ValueError, match="A model that was loaded has no data to show: give X"):
        model.report(tmp_path / "report.html")
    model.report(tmp_path / "report.html", wave)
    training = training_of(tmp_path / "report.html")
    assert training["history"] == []
    assert len(array(training["samples"][0]["row"], "i4")) == len(wave)


def test_what_cannot_be_answered_has_no_report(clusters, detector, wave, tmp_path):
    with pytest.raises(ValueError, match="X has rows of 1 cells, but the training data has 2"):
        detector.report(tmp_path / "report.html", wave[:, :1])
    with pytest.raises(ValueError, match="row 1"):
        clusters.report(tmp_path / "report.html", [[float("nan")] * 20] * 2)
    assert not list(tmp_path.iterdir())
