"""Obstacles to any training, which are named before anything large is imported."""

import json
import re

import pytest

from tests.job import CNN


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("hyperparameters", "epochs=2", r"hyperparameters\.json must hold a JSON object"),
        ("hyperparameters", "[]", r"hyperparameters\.json must hold a JSON object"),
        (
            "resourceconfig",
            '{"current_host": "algo-1"}',
            r"resourceconfig\.json must have `hosts`, a list of names, and `current_host`, one of them",
        ),
        (
            "resourceconfig",
            '{"current_host": "algo-1", "hosts": ["algo-2"]}',
            r"resourceconfig\.json must have `hosts`",
        ),
        ("inputdataconfig", '{"training": null}', r"inputdataconfig\.json must hold an object for every channel"),
        ("checkpointconfig", "/opt/ml/checkpoints", r"checkpointconfig\.json must hold a JSON object: "),
        (
            "checkpointconfig",
            '{"LocalPath": 1}',
            r"checkpointconfig\.json must have a folder as its `LocalPath`, or none\.$",
        ),
    ],
)
def test_a_malformed_file_of_the_configuration_is_named(job, failure_of_command, file, content, sentence):
    (job.config / f"{file}.json").write_text(content)
    assert re.search(rf"^[^\n]*{sentence}", failure_of_command())


def test_a_file_of_the_configuration_that_is_missing_is_named(job, failure_of_command):
    (job.config / "resourceconfig.json").unlink()
    expected = r"^[^\n]*resourceconfig\.json is missing\. The base folder, .* must hold hyperparameters\.json, "
    assert re.search(expected, failure_of_command())


def test_in_a_folder_that_is_no_job_nothing_is_made(job, tmp_path):
    job.environment["SAGEMAKER_BASE_DIR"] = str(tmp_path / "elsewhere")
    done = job.run("train")
    assert done.returncode == 1
    assert f"{tmp_path}/elsewhere/input/config is missing. The base folder, /opt/ml or that of SAGEMAKER_BASE_DIR" in (
        done.stderr
    )
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_place_of_the_model_is_named(job, failure_of_command):
    job.set({**CNN, "epochs": "1"})
    job.put("training", "a.csv", b"1,2,3\n2,3,1\n0,1,2\n")
    job.model.write_text("in the way")
    assert re.search(r"^[^\n]*/model cannot be made by user [0-9]+: File exists\.$", failure_of_command())


def test_a_folder_for_checkpoints_that_cannot_be_made_is_named(job, failure_of_command):
    folder = job.config / "resourceconfig.json" / "checkpoints"
    (job.config / "checkpointconfig.json").write_text(json.dumps({"LocalPath": str(folder)}))
    expected = r"^[^\n]*/checkpoints cannot be made by user [0-9]+: Not a directory\.$"
    assert re.search(expected, failure_of_command())
