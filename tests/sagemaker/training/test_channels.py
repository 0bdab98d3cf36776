"""The channels of a job are checked, and all faults of their files come in one message."""

import gzip

import numpy as np
import pytest

from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.errors import DataError
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.sagemaker.training.failure import failure_text
from seriesbox.tables.csv import write_csv

VALUES = np.arange(12.0).reshape(6, 2)
BODY = write_csv(VALUES)


@pytest.fixture
def read(paths):
    def read(faults=lambda *_: []):
        given = CNNKMeansPredictor.Hyperparameters()
        return [channel.tables for channel in read_channels(paths, CNNKMeansPredictor, given, (), faults)[:2]]

    return read


@pytest.mark.parametrize("name", ["valid", "Validation", "train", "Test"])
def test_a_channel_that_nothing_would_read_is_refused(job, read, name):
    job.put("training", "a.csv", BODY)
    job.configure("inputdataconfig", **{name: {"TrainingInputMode": "File"}})
    with pytest.raises(DataError, match=f"^Unknown channel `{name}`: the channels are training, valid"):
        read()


@pytest.mark.parametrize("name", ["training", "validation", "model", "code", "sm_drivers", "recipe"])
def test_the_channels_that_amazons_clients_add_are_allowed(job, read, name):
    job.put("training", "a.csv", BODY)
    job.configure("inputdataconfig", **{name: {"TrainingInputMode": "File"}})
    ((table,), _) = read()
    assert table.width == 2


def test_a_channel_that_may_not_be_written_to_is_read(job, read):
    job.put("training", "a.csv", BODY)
    folder = job.channel("training")
    (folder / "a.csv").chmod(0o444)
    folder.chmod(0o555)
    try:
        ((table,), _) = read()
    finally:
        folder.chmod(0o755)
    np.testing.assert_array_equal(table.values, VALUES)


def test_what_a_channel_lacks_is_named_in_one_sentence(job, read):
    with pytest.raises(DataError, match=r"^The job has no `training` channel, only none: "):
        read()
    job.channel("training").mkdir(parents=True)
    with pytest.raises(DataError, match=r"^The `training` channel has no files: "):
        read()
    job.put("training", "_SUCCESS", b"")
    job.put("training", "a.csv", b"")
    only = r"only _SUCCESS \(begins with _\), a.csv \(empty\)"
    with pytest.raises(DataError, match=rf"^The `training` channel has no data, {only}: give it one CSV file or more"):
        read()
    job.put("training", "a.csv", BODY)
    job.put("validation", ".DS_Store", b"x")
    with pytest.raises(DataError, match=r"^The `validation` channel has no data, only .DS_Store \(hidden\): "):
        read()
    job.configure("inputdataconfig", validation={"TrainingInputMode": "Pipe"})
    with pytest.raises(DataError, match=r"^The `validation` channel is in Pipe mode, which is not supported: "):
        read()


def test_the_faults_of_all_files_of_both_channels_are_named_together(job, read):
    job.put("training", "a.csv", b"1,2\n3,six\n")
    job.put("training", "b.csv", b"a,b\n1,2\n")
    job.put("training", "c.csv", b"1;2\n")
    job.put("training", "d.csv", gzip.compress(BODY)[:-9])
    job.put("training", "e.csv", BODY)
    job.put("training", "f.jsonl", b"[1, 2]\n[1, true]\n")
    job.put("validation", "a.csv", b"1,2\nx,y\n")
    job.put("validation", "b.csv", b"PK\x03\x04")

    def gap(training, validation, test):
        assert [table.name for table in training] == ["training/e.csv"]
        assert not validation
        assert not test
        return [DataError("training/e.csv has a gap.")]

    with pytest.raises(DataError) as caught:
        read(gap)
    message = failure_text(caught.value)
    for sentence in (
        "training/a.csv has cells that are not numbers up to 3.4e38, write numbers or leave them empty: "
        "row 2, column 2 is 'six'.",
        "training/b.csv starts with a header ('a,b' in row 1): remove it, or say",
        "training/c.csv is separated by semicolons ('1;2'): use commas between cells and points for decimals.",
        "training/d.csv is compressed by gzip, but cut off or damaged: compress and upload it again.",
        "training/f.jsonl must hold lists of numbers up to 3.4e38 or null: row 2, column 2 is true.",
        "row 2, column 1 is 'x'; row 2, column 2 is 'y'.",
        "validation/b.csv is a zip archive or a spreadsheet",
        "training/e.csv has a gap.",
    ):
        assert sentence in message
    assert message.startswith("training/a.csv has cells")
    assert len(message) <= 1024


@pytest.mark.parametrize("length", [1, 200])
@pytest.mark.parametrize(("files", "faults"), [(1, 500), (40, 1), (3, 9), (100, 3)])
def test_no_more_than_twenty_faults_and_1024_characters(job, read, length, files, faults):
    for number in range(files):
        job.put("training", f"{number:03}{'x' * length}.csv", b"1,a_rather_long_text_in_a_cell\n" * faults + b"1,2\n")
    with pytest.raises(DataError) as caught:
        read()
    message = failure_text(caught.value)
    named = message.count("column 2 is 'a_rather_long_text_i'")
    assert 1 <= named <= 20
    assert len(message) <= 1024
    not_named = [
        int(word.strip(".:;"))
        for word in message.replace("beyond these: ", "; and ").split("; and ")[1:]
        for word in word.split()[:1]
    ]
    assert named + sum(not_named) == files * faults
