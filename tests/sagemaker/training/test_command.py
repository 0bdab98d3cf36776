"""The command `train` itself: its exit code, the failure file, what it leaves, and that it can be stopped at once."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from seriesbox.errors import STOPPED_BEFORE_TRAINING
from tests.job import CNN, COMMANDS, LSTM


def text_in_a_cell(job):
    job.set(CNN)
    job.put("training", "a.csv", b"1,2\n3,4\n5,six\n")


def a_toolkit_that_fails(job):
    job.set({**CNN, "sagemaker_s3_output": "ftp://elsewhere"})


def without(package):
    """Return a fault that makes the import of a package fail."""

    def fault(job):
        shadow = job.base / "shadow"
        (shadow / package).mkdir(parents=True)
        (shadow / package / "__init__.py").write_text('raise ImportError("a library is missing")')
        job.environment["PYTHONPATH"] = os.pathsep.join([str(shadow), job.environment.get("PYTHONPATH", "")])

    return fault


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            text_in_a_cell,
            r"^training/a\.csv has cells that are not numbers up to 3.4e38, .*: row 3, column 2 is 'six'\.",
        ),
        (a_toolkit_that_fails, r"^SageMaker's toolkit failed, the log says where: Expecting 's3' scheme, got: ftp"),
        (without("sagemaker_training"), r"^SageMaker's toolkit failed, the log says where: a library is missing$"),
        (without("torch"), r"^SageMaker's toolkit failed, the log says where: a library is missing$"),
    ],
)
def test_whatever_fails_ends_with_exit_code_1_and_a_failure_file(job, failure_of_command, fault, sentence):
    fault(job)
    assert re.search(sentence, failure_of_command())


def test_the_log_has_what_was_raised_even_if_the_failure_file_cannot_be_written(job):
    a_toolkit_that_fails(job)
    job.failure.mkdir(parents=True)
    (job.base / "output" / "success").touch()
    done = job.run("train")
    assert done.returncode == 1
    assert "output/failure is in the way and cannot be removed: " in done.stderr


def test_training_leaves_nothing_but_a_model_and_its_outcome(job, bodies):
    job.set({**LSTM, "epochs": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    before = {*job.base.rglob("*"), job.base / "stdout", job.base / "stderr"}
    assert job.train().returncode == 0
    left = {str(path.relative_to(job.base)) for path in set(job.base.rglob("*")) - before}
    data = {"output/data", *(f"output/data/{name}" for name in ("metrics.csv", "metrics.json", "report.html"))}
    assert left == data | {"model", "model/model.json", "model/model.safetensors", "output", "output/success"}


def catches(process, number):
    """Return whether a process handles a signal. The first process of a container ignores those that it does not."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (caught,) = re.findall(r"^SigCgt:\t(\w+)$", status, re.MULTILINE)
    return int(caught, 16) >> (number - 1) & 1


@pytest.mark.parametrize("seconds", [0, 0.3, 0.6])  # while it imports: about when does not matter
def test_a_job_that_is_stopped_while_it_starts_says_so(job, bodies, seconds):
    job.set({**LSTM, "epochs": "100000"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    with subprocess.Popen([COMMANDS / "train"], env=job.environment) as process:
        while not catches(process, signal.SIGTERM):
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGTERM)
    failure = job.failure.read_text() if job.failure.exists() else ""
    assert (process.returncode, failure) in [(1, STOPPED_BEFORE_TRAINING), (0, "")]  # the latter if it trained already
    assert not (job.base / "code").exists()
