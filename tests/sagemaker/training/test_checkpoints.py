import json
import os
import re
import shutil
import signal

import numpy as np
import pytest

from seriesbox.tables.csv import write_csv

LSTM = {"model": "lstm-ad", "epochs": "6", "context-length": "20", "prediction-length": "5", "hidden-size": "4"}
CNN = {"model": "cnn-kmeans", "epochs": "6", "clusters": "2", "blocks": "1", "filters": "4", "output-size": "4"}


@pytest.fixture(scope="module")
def bodies(two_shapes, wave):
    return {"lstm-ad": write_csv(wave), "cnn-kmeans": write_csv(two_shapes[0].values)}


@pytest.fixture(scope="module")
def start(make_job, bodies):
    """A job with a folder for checkpoints; every step makes one."""

    def start(hyperparameters, **files):
        job = make_job("train")
        job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
        job.set(hyperparameters)
        job.put("training", "a.csv", files.get("body", bodies[hyperparameters["model"]]))
        (job.base / "checkpoints").mkdir()
        return job

    return start


@pytest.fixture(scope="module")
def expected(start):
    """What a job gives that nothing interrupts."""
    outcomes = {}
    for hyperparameters in (LSTM, CNN):
        job = start(hyperparameters)
        assert job.run("train").returncode == 0
        outcomes[hyperparameters["model"]] = outcome(job)
    return outcomes


def checkpoints(job):
    return sorted((job.base / "checkpoints").glob("*.safetensors"))


def outcome(job):
    """Every byte of the model, and the metrics of every epoch."""
    return (job.base / "model" / "model.safetensors").read_bytes(), (job.base / "output/data/metrics.csv").read_text()


def interrupted(job, number, epoch):
    """Run until the line of an epoch, send the signal, and return the exit code."""
    with job.start("train") as process:
        for line in process.stdout:
            if line.startswith(f"epoch: {epoch} "):
                process.send_signal(number)
    return process.returncode


@pytest.mark.parametrize("hyperparameters", [LSTM, CNN], ids=lambda each: each["model"])
def test_a_job_that_was_ended_anyhow_and_started_again_gives_the_same_bytes(start, hyperparameters, expected):
    broken = start(hyperparameters)
    assert interrupted(broken, signal.SIGKILL, 1) == -9
    assert interrupted(broken, signal.SIGTERM, 4) == 0
    done = broken.run("train")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Going on from checkpoint-\d+\.safetensors: epoch [456], step \d", done.stdout)
    assert outcome(broken) == expected[hyperparameters["model"]]


def test_two_checkpoints_are_kept_and_nothing_unfinished(start):
    job = start(LSTM)
    assert job.run("train").returncode == 0
    assert sorted(path.name for path in (job.base / "checkpoints").iterdir()) == [
        file.name for file in checkpoints(job)
    ]
    assert len(checkpoints(job)) == 2


def test_no_other_name_is_seen_in_the_folder_while_one_is_written(start):
    job = start({**LSTM, "hidden-size": "64"})
    seen = set()
    with job.start("train") as process:
        while process.poll() is None:
            seen |= set(os.listdir(job.base / "checkpoints"))
    assert len(seen) > 2
    assert all(re.fullmatch(r"checkpoint-\d{8}\.safetensors(\.sagemaker-ignore)?", name) for name in seen)


def test_a_checkpoint_that_is_being_uploaded_is_not_removed(start):
    job = start(LSTM)
    interrupted(job, signal.SIGKILL, 1)
    oldest = checkpoints(job)[0]
    oldest.with_name(oldest.name + ".sagemaker-uploading").touch()
    assert job.run("train").returncode == 0
    assert oldest in checkpoints(job)


DAMAGES = {
    "cut off": lambda body: body[:-9],
    "other tensors": lambda body: body[:-9] + b"\x55" * 9,
    "other facts": lambda body: re.sub(rb'(\\"epoch\\": )\d', rb"\g<1>9", body),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_newest_checkpoint_gives_way_to_the_one_before(start, damage, expected):
    broken = start(LSTM)
    interrupted(broken, signal.SIGKILL, 3)
    newest = checkpoints(broken)[-1]
    newest.write_bytes(damage(newest.read_bytes()))
    done = broken.run("train")
    assert f"{newest.name} cannot be read, the one before it is taken" in done.stdout
    assert "Going on from" in done.stdout
    assert outcome(broken) == expected["lstm-ad"]


def test_a_checkpoint_of_another_job_is_refused_and_what_differs_is_said(start, bodies):
    job = start(LSTM)
    interrupted(job, signal.SIGKILL, 2)
    job.set({**LSTM, "lr": "0.5", "epochs": "7"})
    job.put("training", "a.csv", bodies["lstm-ad"] + b"1,2\n")
    assert job.run("train").returncode == 1
    said = job.failure.read_text()
    assert "is a checkpoint of another job: lr was 0.001 and is 0.5; training data was " in said
    assert "epochs" not in said


def test_more_epochs_go_on_where_fewer_ended(start, expected):
    extended = start({**LSTM, "epochs": "4"})
    assert extended.run("train").returncode == 0
    extended.set(LSTM)
    assert extended.run("train").returncode == 0
    assert outcome(extended) == expected["lstm-ad"]


def test_checkpoints_go_where_the_job_says_and_nowhere_if_it_wants_none(start, tmp_path):
    job = start(LSTM)
    (job.config / "checkpointconfig.json").write_text(json.dumps({"LocalPath": str(tmp_path / "elsewhere")}))
    assert job.run("train").returncode == 0
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2
    assert not checkpoints(job)
    (job.config / "checkpointconfig.json").unlink()
    (job.base / "checkpoints").rmdir()
    assert job.run("train").returncode == 0
    assert not (job.base / "checkpoints").exists()


def test_metrics_are_kept_as_a_table_and_the_last_as_json(start):
    job = start(LSTM)
    assert job.run("train").returncode == 0
    table = np.genfromtxt(job.base / "output/data/metrics.csv", delimiter=",", names=True)
    assert table["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    last = json.loads((job.base / "output/data/metrics.json").read_text())
    assert last == {name: pytest.approx(table[name][-1]) for name in table.dtype.names}


def test_metrics_of_epochs_before_are_there_though_no_epoch_is_to_come(start):
    job = start(LSTM)
    assert job.run("train").returncode == 0
    shutil.rmtree(job.base / "output")
    assert job.run("train").returncode == 0
    assert len((job.base / "output/data/metrics.csv").read_text().splitlines()) == 7


def test_a_job_that_may_take_no_longer_ends_with_a_model(start):
    job = start({**LSTM, "epochs": "100000", "max-seconds": "1"})
    assert job.run("train").returncode == 0
    assert outcome(job)


def test_patience_without_validation_is_refused(start):
    job = start({**LSTM, "patience": "3"})
    assert job.run("train").returncode == 1
    assert job.failure.read_text().startswith("`patience` compares epochs by a validation channel")
