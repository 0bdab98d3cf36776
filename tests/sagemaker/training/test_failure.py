"""The failure file says what to do. A full disk is the device that is always full, in the place of a file."""

import errno
import os

import pytest
import torch

from seriesbox.artifact import load
from seriesbox.errors import DataError
from seriesbox.sagemaker.training.failure import MAX_CHARACTERS, failure_text
from tests.job import CNN, LSTM, TRAIN


@pytest.fixture
def small(job, bodies):
    """A job whose every step makes a checkpoint."""
    job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
    job.set({**LSTM, "epochs": "3"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    for folder in (job.model, job.checkpoints, job.base / "output" / "data"):
        folder.mkdir(parents=True)
    return job


def fill_disk_for(file):
    file.symlink_to("/dev/full")


def test_if_the_disk_is_full_when_the_model_is_saved_nothing_of_it_is_left(small):
    fill_disk_for(small.model / ".model.safetensors")
    done = small.train()
    assert done.returncode == 1
    failure = small.failure.read_text()
    assert failure.startswith("The disk is full: give the job a larger volume. (OSError: ")
    assert "/model/model.safetensors" in failure
    assert "Traceback" in done.stderr
    assert not os.listdir(small.model)


def test_if_the_disk_is_full_for_the_description_there_are_no_tensors_either(small):
    fill_disk_for(small.model / ".model.json")
    assert small.train().returncode == 1
    assert not os.listdir(small.model)


def test_a_disk_that_is_full_for_checkpoints_and_metrics_ends_no_training(small):
    fill_disk_for(small.checkpoints / "checkpoint-00000000.safetensors.sagemaker-ignore")
    fill_disk_for(small.base / "output" / "data" / "metrics.csv")
    done = small.train()
    assert done.returncode == 0, done.stderr
    assert "checkpoint-00000000.safetensors could not be written, the training continues without it" in done.stdout
    assert load(small.model)
    assert len(os.listdir(small.checkpoints)) == 2


def test_too_little_memory_is_named_with_advice(job, bodies):
    job.set({**CNN, "blocks": "0", "kernel-size": "100", "reduced-size": "4096"})  # weights of 7 GB
    job.put("training", "a.csv", bodies["cnn-kmeans"])
    limit = 4 * 10**9  # bytes of addresses
    done = job.start(f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n{TRAIN}")
    assert done.returncode == 1
    failure = job.failure.read_text()
    assert failure.startswith("The machine has too little memory: take a larger instance, lower `batch-size` or the ")
    assert "you tried to allocate" in failure


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
    failure = failure_text(error)
    assert failure.startswith(beginning)
    assert len(failure) <= MAX_CHARACTERS
    assert "\n" not in failure
