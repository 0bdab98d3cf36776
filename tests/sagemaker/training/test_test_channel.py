"""The `test` channel judges the model, and its labels go nowhere else."""

import json
import re

import numpy as np
import pytest

from seriesbox import metrics
from seriesbox.algorithm import estimator_class
from seriesbox.artifact import load
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.csv_header import SAY_SO
from tests.job import CNN, LSTM


def labelled(body: bytes, algorithm: str) -> bytes:
    """The data with a label in front of every row."""
    rows = parse_csv(body, "rows").values
    labels = np.arange(len(rows)) % 2
    if algorithm == "lstm-ad":
        labels = np.isin(np.arange(len(rows)), range(100, 200, 20)).astype(int)
        rows[labels == 1] += 10
    return write_csv(np.column_stack([labels, rows]))


@pytest.mark.parametrize("hyperparameters", [CNN, LSTM], ids=lambda each: each["model"])
def test_a_job_judges_its_model_by_labelled_data(make_job, bodies, hyperparameters):
    algorithm = hyperparameters["model"]
    models = []
    for has_test in (False, True):
        job = make_job(f"judged-{has_test}")
        job.set({**hyperparameters, "epochs": "1"})
        job.put("training", "a.csv", bodies[algorithm])
        if has_test:
            job.put("test", "t.csv", labelled(bodies[algorithm], algorithm))
            job.configure("inputdataconfig", test={"ContentType": "text/csv;label_size=1"})
        done = job.train()
        assert done.returncode == 0, done.stderr
        models.append(load(job.model))
    names = estimator_class(algorithm).test_metrics
    found = {name: re.findall(metrics.regex(name), done.stdout, re.MULTILINE) for name in names}
    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(names, 1)
    kept = json.loads((job.base / "output/data/metrics.json").read_text())
    assert all(kept[name] == pytest.approx(float(value), abs=1e-6) for name, (value,) in found.items())
    assert "test: 1 file (t.csv)" in done.stdout
    without, judged = (model.tensors for model in models)
    changed = [name for name in without if without[name].tobytes() != judged[name].tobytes()]
    assert set(changed) <= {"threshold"}


def test_faults_of_labelled_data_end_the_job_before_it_trains(job, bodies):
    job.set({**LSTM, "epochs": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    job.put("test", "t.csv", bodies["lstm-ad"])
    done = job.train()
    assert done.returncode == 1
    assert "epoch: 1" not in done.stdout
    assert "test/t.csv: the label in column 1 must be 0 for a normal row or 1" in job.failure.read_text()


def test_another_number_of_labels_is_refused(job, bodies):
    job.set({**CNN, "epochs": "1"})
    job.put("training", "a.csv", bodies["cnn-kmeans"])
    job.put("test", "t.csv", bodies["cnn-kmeans"])
    job.configure("inputdataconfig", test={"ContentType": "text/csv;label_size=2"})
    assert job.train().returncode == 1
    assert "`label_size` in the content type is 2: it must be 1 in a `test` channel" in job.failure.read_text()


def test_a_header_of_labelled_data_is_no_reason_to_remove_the_labels(job, bodies):
    job.set({**LSTM, "epochs": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    job.put("test", "t.csv", b"label,x,y\n" + labelled(bodies["lstm-ad"], "lstm-ad"))
    assert job.train().returncode == 1
    assert job.failure.read_text().endswith(f"in row 1): remove it, or {SAY_SO}.")


def test_labels_that_are_words_are_named_as_labels(job, bodies):
    job.set({**CNN, "epochs": "1"})
    job.put("training", "a.csv", bodies["cnn-kmeans"])
    words = "".join(f"slow,{row}\n" for row in bodies["cnn-kmeans"].decode().splitlines())
    job.put("test", "t.csv", words.encode())
    assert job.train().returncode == 1
    assert job.failure.read_text() == ("test/t.csv: the labels in column 1 must be numbers, not 'slow', for example.")


def test_steps_are_those_of_the_longest_training_file(job, bodies):
    rows = parse_csv(bodies["cnn-kmeans"], "rows").values
    job.set({**CNN, "epochs": "1", "scaling": "step"})
    job.put("training", "a.csv", write_csv(rows[:, :10]))
    job.put("training", "b.csv", write_csv(rows))
    job.put("test", "t.csv", labelled(bodies["cnn-kmeans"], "cnn-kmeans"))
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert "test_ari" in done.stdout


def test_a_stop_while_the_model_is_judged_leaves_the_model(job, bodies):
    program = """
import os, signal, time
from seriesbox.lstm_ad import estimator
from seriesbox.sagemaker.training.command import main

def judge(*arguments):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)

estimator.judge = judge
main()
"""
    job.set({**LSTM, "epochs": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    job.put("test", "t.csv", labelled(bodies["lstm-ad"], "lstm-ad"))
    done = job.start(program)
    assert done.returncode == 0, done.stderr
    assert "Stopped: the `test` channel was not used." in done.stdout
    assert load(job.model).algorithm == "lstm-ad"


def test_the_threshold_that_labels_choose_is_the_one_that_is_told(job, bodies):
    job.set({**LSTM, "epochs": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    job.put("test", "t.csv", labelled(bodies["lstm-ad"], "lstm-ad"))
    done = job.train()
    kept = json.loads((job.base / "output/data/metrics.json").read_text())
    assert kept["threshold"] == load(job.model).tensors["threshold"]
    assert f"score is below {kept['threshold']:.6g} instead" in done.stdout
