"""Notes, tables and lines of JSON that a job makes of names and ids."""

import csv
import json

import numpy as np

from seriesbox.tables.csv import write_csv
from tests.job import CNN, LSTM

QUICK = {**LSTM, "epochs": "1"}


def notes_of(job) -> dict:
    return json.loads((job.base / "output/data/metrics.json").read_text())


def test_a_column_that_is_no_series_by_its_name_is_noted(job, wave):
    job.set({**QUICK, "header": "present", "false-alarm-rate": "0.05"})
    rows = "".join(f"{a},{b}\n" for a, b in wave[:400].tolist())
    job.put("training", "a.csv", f"speed,target\n{rows}".encode())
    assert job.train().returncode == 0
    assert notes_of(job)["notes"] == [
        "training: Column 'target' is no series by its name: leave it out unless it is data."
    ]


def test_medoids_have_the_names_of_the_steps(job, two_shapes):
    job.set({**CNN, "epochs": "1", "header": "present"})
    names = ",".join(f"hour {hour}" for hour in range(40))
    job.put("training", "a.csv", names.encode() + b"\n" + write_csv(two_shapes[0].values))
    assert job.train().returncode == 0
    with (job.base / "output/data/medoids.csv").open() as stream:
        header, *medoids = csv.reader(stream)
    assert header == ["label", *names.split(",")]
    assert len(medoids) == 2


def test_series_may_have_ids_in_lines_of_json(job, two_shapes):
    job.set({**CNN, "epochs": "1"})
    rows = [[None if np.isnan(cell) else float(cell) for cell in row] for row in two_shapes[0].values]
    lines = (json.dumps({"id": f"series {number}", "values": row}) for number, row in enumerate(rows))
    job.put("training", "a.jsonl", "\n".join(lines).encode())
    assert job.train().returncode == 0
    assert "60 rows of 40 columns" in notes_of(job)["channels"][0]
