"""Samples of a training's data, and the size of a report."""

import base64
import time

import numpy as np
import pytest
import torch

from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.listener import Record
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.report.drawn import drawn
from seriesbox.report.report import ModelReport
from seriesbox.report.samples import samples
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

MEGABYTES = 3


def array(written: str | list, kind: str = "f4") -> np.ndarray:
    """Return an array of a report."""
    if isinstance(written, str):
        return np.frombuffer(base64.b64decode(written), f"<{kind}")
    values, counts = np.array(written, float).T
    return np.repeat(values.astype(kind), counts.astype(int))


def of_series(*tables):
    (sample,) = samples(CNNKMeansPredictor, 1, tables, [], is_training=True)
    return sample


def of_recordings(tables, test=()):
    return samples(LSTMADPredictor, 25, tables, test, is_training=True)


@pytest.fixture(scope="module")
def cnn():
    """A model of the default size."""
    torch.manual_seed(0)
    model = CNNKMeans(CNNKMeansHyperparameters(blocks=1), columns=200).eval()
    model.centroids.normal_()
    return model.predictor()


def random_series(rows: int, steps: int) -> Table:
    return Table.of(np.random.default_rng(0).normal(size=(rows, steps)), "series")


def test_a_sample_of_many_series_is_of_all_files_and_knows_their_rows(two_shapes):
    table, _ = two_shapes
    many = [Table(np.tile(table.values, (30, 1)), np.tile(table.widths, 30), name) for name in ("a", "b")]
    sample = of_series(*many)
    assert len(sample.file) == 1000
    assert np.bincount(sample.file).min() > 400
    places = [many[file].values[row - 1] for file, row in zip(sample.file, sample.row, strict=True)]
    np.testing.assert_array_equal(sample.table.values, places)


def test_a_sample_of_series_that_alternate_has_both_kinds():
    values = np.tile([[0.0], [1.0]], (1000, 5))
    assert 400 < np.sum(of_series(Table.of(values)).table.values[:, 0]) < 600


def test_series_whose_values_are_kept_are_spread_over_all(cnn):
    kinds = np.repeat([0.0, 1.0, 2.0], 333)[:, None]
    data = drawn(of_series(Table.of(kinds + random_series(999, 500).values)), cnn, (), time.monotonic() + 60)
    is_kept = array(data["lengths"], "i4") > 0
    assert [is_kept[part].sum() > 50 for part in np.split(np.arange(999), 3)] == [True] * 3


def test_rows_around_the_first_labelled_anomaly_are_shown():
    labels = np.zeros(300_000)
    labels[200_000] = 1
    labelled = Labelled("a", "column 1", Table.of(np.arange(300_000.0)[:, None]), labels)
    _, sample = of_recordings([Table.of(np.zeros((200, 1)))], [labelled])
    assert sample.labels.sum() == 1
    np.testing.assert_array_equal(sample.table.values[:, 0], sample.row - 1)
    assert (sample.total, len(sample.row)) == (300_000, 25_000)


def test_recordings_that_are_too_wide_for_a_report_are_left_out():
    assert of_recordings([Table.of(np.zeros((300, 3000)))]) == []


def test_no_more_is_answered_after_the_deadline(wave):
    torch.manual_seed(0)
    model = LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), columns=2).eval()
    (sample,) = of_recordings([Table.of(np.tile(wave, (40, 1)))])
    data = drawn(sample, model.predictor(), (), deadline=0)
    assert 0 < len(array(data["row"], "i4")) < len(sample.row)
    assert {len(array(column)) for column in data["answers"].values()} == {len(array(data["row"], "i4"))}


def test_what_repeats_takes_next_to_no_room(wave):
    torch.manual_seed(0)
    model = LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), columns=1).eval()
    labels = np.arange(len(wave)) // 100 % 2.0
    labelled = Labelled("a", "column 1", Table.of(wave[:, :1]), labels)
    _, sample = of_recordings([Table.of(wave[:, :1])], [labelled])
    data = drawn(sample, model.predictor(), (), time.monotonic() + 60)
    np.testing.assert_array_equal(array(data["labels"]), labels)
    np.testing.assert_array_equal(array(data["answers"]["share_1"]), np.where(np.arange(len(wave)) < 20, np.nan, 1))
    assert max(len(data[name]) for name in ("labels", "lengths", "file")) <= len(wave) // 100


@pytest.mark.parametrize("steps", [96, 200])
def test_a_report_is_small_with_any_data(cnn, tmp_path, steps):
    tables = [random_series(2000, steps)]
    labelled = [Labelled("test", "column 1", tables[0], np.arange(2000) % 2.0)]
    record = Record()
    record.table(
        "medoids", [str(step) for step in range(500)], np.random.default_rng(0).normal(size=(99, 500)).tolist()
    )
    report = ModelReport(CNNKMeansPredictor, cnn.hyperparameters, tables, labelled)
    report.write(tmp_path / "report.html", "cnn-kmeans", cnn, record, ())
    assert (tmp_path / "report.html").stat().st_size < MEGABYTES * 1e6
