"""What a job lacks is said as what to do. A full disk is the device that is always full, in the place of a file."""

import errno
import os

import pytest
import torch

from seriesbox.artifact import load
from seriesbox.errors import DataError
from seriesbox.sagemaker.training.failure import MAX_CHARACTERS, reason
from seriesbox.tables.csv import write_csv

LSTM = {"model": "lstm-ad", "context-length": "20", "prediction-length": "5", "hidden-size": "4", "epochs": "3"}


@pytest.fixture
def small(job, wave):
    """A job whose every step makes a checkpoint."""
    job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
    job.set(LSTM)
    job.put("training", "a.csv", write_csv(wave))
    for folder in ("model", "checkpoints", "output/data"):
        (job.base / folder).mkdir(parents=True)
    return job


def full(file):
    file.symlink_to("/dev/full")


def test_a_disk_that_is_full_when_the_model_is_saved_is_said_and_nothing_of_it_is_left(small):
    full(small.base / "model" / ".model.safetensors")
    done = small.run("train")
    assert done.returncode == 1
    assert small.failure.read_text().startswith("The disk is full: give the job a larger volume. (OSError: ")
    assert "/model/model.safetensors" in small.failure.read_text()
    assert "Traceback" in done.stderr
    assert not os.listdir(small.base / "model")


def test_a_disk_that_is_full_for_the_description_leaves_no_tensors_without_it(small):
    full(small.base / "model" / ".model.json")
    assert small.run("train").returncode == 1
    assert not os.listdir(small.base / "model")


def test_a_disk_that_is_full_for_checkpoints_and_metrics_ends_no_training(small):
    full(small.base / "checkpoints" / "checkpoint-00000000.safetensors.sagemaker-ignore")
    full(small.base / "output" / "data" / "metrics.csv")
    done = small.run("train")
    assert done.returncode == 0, done.stderr
    assert "checkpoint-00000000.safetensors could not be written, the training goes on without it" in done.stdout
    assert load(small.base / "model")
    assert len(os.listdir(small.base / "checkpoints")) == 2


def test_memory_that_does_not_suffice_is_said(small):
    small.set({**LSTM, "hidden-size": "4096", "num-layers": "16"})  # weights of 8 GB
    assert small.run("train", most_memory=4 * 10**9).returncode == 1
    said = small.failure.read_text()
    assert said.startswith("The machine has too little memory: take a larger instance, lower `batch-size` or the ")
    assert "you tried to allocate" in said


@pytest.mark.parametrize(
    ("error", "beginning"),
    [
        (DataError("Row 3 is empty."), "Row 3 is empty."),
        (MemoryError(), "The machine has too little memory: "),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "The machine has too little memory: "),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full: "),
        (torch.OutOfMemoryError("CUDA out of memory."), "The GPU has too little memory: lower `batch-size`, or take "),
        (OSError("no number"), "Training failed inside seriesbox, the log says where. (OSError: no number)"),
        (SystemExit(0), "Training failed inside seriesbox, the log says where. (SystemExit: 0)"),
        (ValueError("two\nlines" * 1000), "Training failed inside seriesbox, the log says where. (ValueError: two lin"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_every_error_is_one_line_that_begins_with_a_sentence(error, beginning):
    said = reason(error)
    assert said.startswith(beginning)
    assert len(said) <= MAX_CHARACTERS
    assert "\n" not in said
