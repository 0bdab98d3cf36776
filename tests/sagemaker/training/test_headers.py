"""Training files as people have them: with a header, ids and times."""

import json

import numpy as np
import pytest

from seriesbox.artifact import load
from seriesbox.errors import DataError
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.sagemaker.training.channels import read_channels
from tests.job import LSTM

QUICK = {**LSTM, "epochs": "1"}


def exported(wave, header="when,speed,load\n", order=(0, 1)) -> bytes:
    """Rows with a time, as a database exports them."""
    rows = (
        f"2024-01-01 00:{n // 60:02}:{n % 60:02},{','.join(str(row[each]) for each in order)}\n"
        for n, row in enumerate(wave)
    )
    return (header + "".join(rows)).encode()


def notes_of(job) -> dict:
    return json.loads((job.base / "output/data/metrics.json").read_text())


@pytest.mark.parametrize("by", ["hyperparameters", "content type"])
def test_names_are_kept_and_ids_are_not_learnt_from(job, make_job, wave, by):
    if by == "content type":
        job.set(QUICK)
        job.configure("inputdataconfig", training={"ContentType": "text/csv; header=present; ids=1"})
    else:
        job.set({**QUICK, "header": "present", "id-columns": "1"})
    job.put("training", "a.csv", exported(wave[:400]))
    assert job.train().returncode == 0
    (line,) = notes_of(job)["channels"]
    assert line == "training: 1 file (a.csv), 400 rows of 2 columns (speed, load) after 1 id each, 0 gaps"
    assert load(job.model).column_names == ["speed", "load"]
    plain = make_job("plain")
    plain.set(QUICK)
    rows = exported(wave[:400], "").splitlines(keepends=True)
    plain.put("training", "a.csv", b"".join(row.partition(b",")[2] for row in rows))
    assert plain.train().returncode == 0
    assert (plain.model / "model.safetensors").read_bytes() == (job.model / "model.safetensors").read_bytes()
    assert not load(plain.model).column_names


def test_files_and_channels_are_matched_by_the_names_of_the_first_file(job, read, wave):
    job.put("training", "a.csv", exported(wave[:200]))
    job.put("training", "b.csv", exported(wave[200:400], "when,load,speed\n", (1, 0)))
    job.put("validation", "c.csv", exported(wave[400:], "when,load,speed\n", (1, 0)))
    training, validation = read(LSTMADPredictor, header="present", id_columns=1)
    np.testing.assert_array_equal(np.float32(training.values), wave[:400])
    np.testing.assert_array_equal(np.float32(validation.values), wave[400:])
    assert training.columns.names == validation.columns.names == ("speed", "load")
    assert training[1].columns.label(1) == "column 'load'"


def test_a_validation_channel_without_a_header_is_taken_by_position(job, read, wave):
    job.configure("inputdataconfig", training={"ContentType": "text/csv; header=present; ids=1"})
    job.put("training", "a.csv", exported(wave[:200]))
    job.put("validation", "c.csv", "".join(f"{a},{b}\n" for a, b in wave[200:].tolist()).encode())
    _, validation = read(LSTMADPredictor)
    np.testing.assert_array_equal(np.float32(validation.values), wave[200:])


def test_a_model_that_continues_keeps_the_order_of_its_columns(job, read, wave):
    job.put("training", "a.csv", exported(wave[:200], "when,load,speed\n", (1, 0)))
    training, _ = read(LSTMADPredictor, known=["speed", "load"], header="present", id_columns=1)
    np.testing.assert_array_equal(np.float32(training.values), wave[:200])


def test_labels_may_stand_between_ids_and_numbers(job, wave):
    job.set({**QUICK, "header": "present", "id-columns": "1"})
    job.put("training", "a.csv", exported(wave[:400]))
    labels = np.zeros(len(wave[400:600]))
    labels[100:110] = 1
    test = np.column_stack([labels, wave[400:600]])
    job.put("test", "t.csv", exported(test, "when,anomalous,load,speed\n", (0, 2, 1)))
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert "test_precision" in done.stdout
    assert notes_of(job)["channels"][1].startswith(
        "test: 1 file (t.csv), 200 rows of 3 columns (anomalous, speed, load)"
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("when,speed,depth\n", "training/b.csv has a header that lacks 'load' and has the unknown 'depth'"),
        ("when,speed,speed\n", "training/b.csv has several columns called 'speed'"),
        ("when,speed\n", "training/b.csv has a header that lacks 'load'"),
    ],
)
def test_files_whose_headers_differ_are_a_fault(job, read, wave, header, message):
    job.put("training", "a.csv", exported(wave[:200]))
    job.put("training", "b.csv", exported(wave[:200], header))
    with pytest.raises(DataError, match=message):
        read(LSTMADPredictor, header="present", id_columns=1)


def test_missing_and_doubled_times_are_in_the_log(job, wave):
    job.set({**QUICK, "header": "present", "id-columns": "1", "false-alarm-rate": "0.05"})
    body = exported(wave[:400]).splitlines(keepends=True)
    job.put("training", "a.csv", b"".join([*body[:100], *body[103:200], body[199], *body[200:]]))
    assert job.train().returncode == 0
    (note,) = notes_of(job)["notes"]
    assert note.startswith(
        "training/a.csv: steps of 'when' are 1 s, but 3 are missing, first at row 101 (2024-01-01 00:01:42)"
    )
    assert "; 1 is doubled, first at row 198 (2024-01-01 00:03:18). The model takes rows as evenly spaced" in note


def test_a_file_of_a_header_alone_is_skipped(job, read, wave):
    job.put("training", "a.csv", b"when,speed,load\n")
    job.put("training", "b.csv", exported(wave[:200]))
    training, _ = read(LSTMADPredictor, header="present", id_columns=1)
    assert [table.name for table in training] == ["training/b.csv"]


def test_a_header_without_a_training_file_to_match_it_with_is_a_fault(job, paths, wave):
    job.put("validation", "a.csv", exported(wave[:200]))
    hyperparameters = LSTMADPredictor.Hyperparameters(header="present", id_columns=1)
    with pytest.raises(DataError, match="has a header, and this host has no training file to match it with"):
        read_channels(paths, LSTMADPredictor, hyperparameters, (), lambda *_: [], sharded=["training"])
