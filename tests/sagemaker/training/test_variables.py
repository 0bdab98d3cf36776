"""A job on series of several variables, from its files to its answers."""

import json
import re

import numpy as np
import pytest

from tests.job import CNN

SIZES = {**CNN, "variables": "2", "epochs": "2"}


def series(label: int) -> list[list[float | None]]:
    """Two waves in step or against each other; the second one ends early."""
    wave = np.sin(np.arange(12 + label) / 2 + label).round(4)
    return [wave.tolist(), [None, *(wave * (1 - 2 * (label % 2)))[1:-2].tolist()]]


def csv(label: int) -> str:
    first, second = series(label)
    second = [*second, None, None]
    return ",".join("" if cell is None else str(cell) for cell in first + second) + "\n"


LABELS = range(8)
BODIES = {  # of the training and of the test channel
    "text/csv": ("".join(map(csv, LABELS)), "".join(f"{label % 2},{csv(label)}" for label in LABELS)),
    "application/jsonlines": (
        "".join(f"{json.dumps(series(label))}\n" for label in LABELS),
        "".join(f"{json.dumps([[label % 2], *series(label)])}\n" for label in LABELS),
    ),
    "application/json": (
        json.dumps([series(label) for label in LABELS]),
        json.dumps([[[label % 2], *series(label)] for label in LABELS]),
    ),
}


@pytest.fixture(scope="module")
def jobs(make_job):
    """A job for each format of its data, all of them done, and what they said."""
    found = {}
    for form, (training, test) in BODIES.items():
        job = make_job("variables")
        job.set(SIZES)
        job.configure("inputdataconfig", training={"ContentType": form}, test={"ContentType": form})
        job.put("training", "data", training.encode())
        job.put("test", "data", test.encode())
        done = job.train()
        assert done.returncode == 0, done.stdout
        found[form] = job, done.stdout
    return found


def test_every_format_gives_the_same_model_and_the_same_metrics(jobs):
    outcomes = {job.outcome for job, _ in jobs.values()}
    assert len(outcomes) == 1
    for _, said in jobs.values():
        assert "training: 1 file (data), 8 rows of 24 to 38 columns, 24 gaps" in said
        assert re.search(r"^test_ari: \S+ test_nmi: \S+ test_accuracy: \S+", said, re.MULTILINE)


def test_every_format_is_served_with_the_same_answer(jobs):
    job, _ = jobs["text/csv"]
    with job.serve() as server:
        answers = {server.post(body.encode(), form, accept="text/csv").body for form, (body, _) in BODIES.items()}
        fault = server.post(b"1,2,3\n")
    assert len(answers) == 1
    assert fault.status == 400
    assert "2 variables (`variables`) of a row: row 1 has 3 cells" in fault.message


def test_a_model_of_other_variables_is_not_continued(jobs, make_job):
    earlier, _ = jobs["text/csv"]
    job = make_job("continued")
    job.set({**SIZES, "variables": "3"})
    job.put("training", "data", BODIES["text/csv"][0].encode())
    for file in earlier.model.iterdir():
        job.put("model", file.name, file.read_bytes())
    assert job.train().returncode == 1
    assert "cannot be continued with other values: `variables` is 2 there, not 3" in job.failure.read_text()
