"""A job that continues from checkpoints ends as one that nothing interrupted, byte for byte."""

import re
import signal

import pytest

from tests.job import CNN, LSTM, interrupted


@pytest.mark.parametrize("hyperparameters", [LSTM, CNN], ids=lambda each: each["model"])
def test_a_job_that_was_killed_and_stopped_and_started_again_gives_the_same_bytes(
    checkpointing, hyperparameters, uninterrupted
):
    job = checkpointing(hyperparameters)
    assert job.start(interrupted("SIGKILL", epoch=1)).returncode == -signal.SIGKILL
    assert job.start(interrupted("SIGTERM", epoch=4)).returncode == 0
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert re.search(r"Resuming from checkpoint-\d+\.safetensors: epoch [456], step \d", done.stdout)
    assert job.outcome == uninterrupted[hyperparameters["model"]].outcome


def test_a_job_that_continues_an_earlier_model_resumes_too(checkpointing, uninterrupted):
    job = checkpointing(LSTM)
    for file in uninterrupted["lstm-ad"].model.iterdir():
        job.put("model", file.name, file.read_bytes())
    assert job.start(interrupted("SIGKILL", epoch=1)).returncode == -signal.SIGKILL
    done = job.train()
    assert done.returncode == 0, done.stdout
    assert "Resuming from checkpoint" in done.stdout


DAMAGES = {
    "cut off": lambda body: body[:-9],
    "other tensors": lambda body: body[:-9] + b"\x55" * 9,
    "other facts": lambda body: re.sub(rb'(\\"epoch\\": )\d', rb"\g<1>9", body),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_if_the_newest_checkpoint_is_damaged_the_one_before_is_taken(checkpointing, damage, killed, uninterrupted):
    job = checkpointing(LSTM, killed)
    newest = job.checkpoint_files[-1]
    newest.write_bytes(damage(newest.read_bytes()))
    done = job.train()
    assert f"{newest.name} cannot be read, trying the one before it" in done.stdout
    assert "Resuming from" in done.stdout
    assert job.outcome == uninterrupted["lstm-ad"].outcome


def test_more_epochs_continue_where_fewer_ended(checkpointing, uninterrupted):
    job = checkpointing(LSTM)
    job.set({**LSTM, "epochs": "4"})
    assert job.train().returncode == 0
    job.set({**LSTM, "epochs": "6"})
    assert job.train().returncode == 0
    assert job.outcome == uninterrupted["lstm-ad"].outcome


def test_fewer_epochs_than_have_ended_are_refused(checkpointing, uninterrupted):
    job = checkpointing(LSTM, uninterrupted["lstm-ad"])
    job.set({**LSTM, "epochs": "3"})
    assert job.train().returncode == 1
    sentence = "is 3, but the training that is continued has done 6: give `epochs` 6 or more, or begin anew"
    assert sentence in job.failure.read_text()
    assert not any(job.model.iterdir())


def test_two_checkpoints_are_kept_and_nothing_unfinished(uninterrupted):
    for job in uninterrupted.values():
        assert sorted(job.checkpoints.iterdir()) == job.checkpoint_files
        assert len(job.checkpoint_files) == 2


def test_the_metrics_of_earlier_epochs_are_there_if_no_epoch_is_left(checkpointing, uninterrupted):
    job = checkpointing(LSTM, uninterrupted["lstm-ad"])
    assert job.train().returncode == 0
    assert len((job.base / "output/data/metrics.csv").read_text().splitlines()) == 7
