"""The folder of checkpoints, of jobs that make one at every step."""

import os
import re

from tests.job import LSTM


def test_no_other_name_is_in_the_folder_while_a_checkpoint_is_written(checkpointing):
    job = checkpointing({**LSTM, "hidden-size": "64"})
    names, process = set(), job.start()
    while not process.has_ended():
        names |= set(os.listdir(job.checkpoints))
    assert process.returncode == 0
    assert len(names) > 2
    assert all(re.fullmatch(r"checkpoint-\d{8}\.safetensors(\.sagemaker-ignore)?", name) for name in names)


def test_a_checkpoint_that_is_being_uploaded_is_not_removed(checkpointing, killed):
    job = checkpointing(LSTM, killed)
    oldest = job.checkpoint_files[0]
    oldest.with_name(oldest.name + ".sagemaker-uploading").touch()
    assert job.train().returncode == 0
    assert oldest in job.checkpoint_files


def test_a_checkpoint_that_cannot_be_removed_ends_no_training(checkpointing):
    job = checkpointing(LSTM)
    immovable = job.checkpoints / "checkpoint-00000000.safetensors"
    (immovable / "something").mkdir(parents=True)
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert f"could not be removed, the training continues: [Errno 21] Is a directory: '{immovable}'" in done.stdout
    assert len(job.checkpoint_files) == 3


def test_a_checkpoint_of_another_job_is_refused_and_the_differences_are_named(checkpointing, killed, bodies):
    job = checkpointing(LSTM, killed)
    job.set({**LSTM, "lr": "0.5", "epochs": "7"})
    job.put("training", "a.csv", bodies["lstm-ad"] + b"1,2\n")
    assert job.train().returncode == 1
    failure = job.failure.read_text()
    assert "is a checkpoint of another job: lr was 0.001 and is 0.5; training data was " in failure
    assert "epochs" not in failure


def test_checkpoints_go_where_the_job_says_and_nowhere_if_it_wants_none(checkpointing, tmp_path):
    job = checkpointing(LSTM)
    job.configure("checkpointconfig", LocalPath=str(tmp_path / "elsewhere"))
    assert job.train().returncode == 0
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2
    assert not job.checkpoint_files
    (job.config / "checkpointconfig.json").unlink()
    job.checkpoints.rmdir()
    assert job.train().returncode == 0
    assert not job.checkpoints.exists()
