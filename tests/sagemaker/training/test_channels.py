import gzip
import json
import subprocess
import sys

import numpy as np
import pytest

from seriesbox.errors import DataError, UserError
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training import data_files
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.sagemaker.training.failure import reason
from seriesbox.tables.csv import write_csv

VALUES = np.arange(12.0).reshape(6, 2)
BODY = write_csv(VALUES)


@pytest.fixture
def paths(job, monkeypatch) -> Paths:
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    return Paths()


def read(paths, independent=True, faults=lambda *_: []):
    return read_channels(paths, independent, faults)


def configure(job, channel="training", **configuration):
    (job.config / "inputdataconfig.json").write_text(json.dumps({channel: configuration}))


@pytest.mark.parametrize("name", ["valid", "Validation", "train", "test"])
def test_a_channel_that_nothing_would_read_is_refused(job, paths, name):
    job.put("training", "a.csv", BODY)
    configure(job, name, TrainingInputMode="File")
    with pytest.raises(DataError, match=f"^Nothing would read the channel `{name}`: the channels are training, valid"):
        read(paths)


@pytest.mark.parametrize("name", ["training", "validation", "model", "code", "sm_drivers", "recipe"])
def test_channels_that_amazons_clients_add_pass(job, paths, name):
    job.put("training", "a.csv", BODY)
    configure(job, name, TrainingInputMode="File")
    ((table,), _) = read(paths)
    assert table.width == 2


def test_every_data_file_is_a_table_in_the_order_of_their_paths(job, paths):
    for name in ("b.csv", "a/z.csv", "a/deeper/c", "a.csv", "d.csv.gz"):
        job.put("training", name, BODY)
    for name in (
        ".hidden",
        ".git/config",
        "x-manifest",
        "a/x-manifest",
        "m.sagemaker-uploading",
        "m.sagemaker-uploaded",
        "a/m.sagemaker-ignore",
        "_SUCCESS",
    ):
        job.put("training", name, b"" if name == "_SUCCESS" else b"no data")
    training, validation = read(paths)
    assert [table.name for table in training] == [
        f"training/{name}" for name in ("a/deeper/c", "a/z.csv", "a.csv", "b.csv", "d.csv.gz")
    ]
    assert not validation
    for table in training:
        np.testing.assert_array_equal(table.values, VALUES)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv", "part-0000"])
def test_gzip_is_recognised_by_its_content_alone(job, paths, name):
    job.put("training", name, gzip.compress(BODY[:10]) + gzip.compress(BODY[10:]))  # as two members
    job.put("training", "empty.gz", gzip.compress(b""))
    ((table,), _) = read(paths)
    np.testing.assert_array_equal(table.values, VALUES)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("content_type", "lead"), [("application/jsonlines; charset=utf-8", b""), (None, b"\n [")])
def test_json_lines_are_rows_or_whole_series(job, paths, compressed, content_type, lead):
    if content_type:
        configure(job, ContentType=content_type)
    body = (lead or b"[") + b"1, null]\n\n[3, 4, 5]\n"
    job.put("training", "a.jsonl", gzip.compress(body) if compressed else body)
    ((rows,), _), (series, _) = read(paths, independent=True), read(paths, independent=False)
    np.testing.assert_array_equal(rows.values, [[1, np.nan, np.nan], [3, 4, 5]])
    first = 1 + body[:3].count(b"\n")
    assert [table.name for table in series] == [f"training/a.jsonl, line {number}" for number in (first, first + 2)]
    np.testing.assert_array_equal(series[0].values, [[1], [np.nan]])
    np.testing.assert_array_equal(series[1].values, [[3], [4], [5]])


def test_a_body_that_starts_like_no_json_is_refused_where_json_lines_were_promised(job, paths):
    configure(job, ContentType="application/jsonlines")
    job.put("training", "a.csv", BODY)
    with pytest.raises(DataError, match=r"^training/a\.csv has what is not a list .* row 1 is not JSON: .*; row 2 is"):
        read(paths)


def test_a_channel_that_may_not_be_written_to_is_read(job, paths):
    job.put("training", "a.csv", BODY)
    folder = job.base / "input" / "data" / "training"
    (folder / "a.csv").chmod(0o444)
    folder.chmod(0o555)
    try:
        ((table,), _) = read(paths)
    finally:
        folder.chmod(0o755)
    np.testing.assert_array_equal(table.values, VALUES)


def test_the_faults_of_all_files_of_both_channels_are_named_together(job, paths):
    job.put("training", "a.csv", b"1,2\n3,six\n")
    job.put("training", "b.csv", b"a,b\n1,2\n")
    job.put("training", "c.csv", b"1;2\n")
    job.put("training", "d.csv", gzip.compress(BODY)[:-9])
    job.put("training", "e.csv", BODY)
    job.put("training", "f.jsonl", b"[1, 2]\n[1, true]\n")
    job.put("validation", "a.csv", b"1,2\nx,y\n")
    job.put("validation", "b.csv", b"PK\x03\x04")

    def gap(training, validation):
        assert [table.name for table in training] == ["training/e.csv"]
        assert not validation
        return [DataError("training/e.csv has a gap.")]

    with pytest.raises(DataError) as caught:
        read(paths, faults=gap)
    message = reason(caught.value)
    for sentence in (
        "training/a.csv has cells that are not numbers up to 3.4e38, write such or leave them empty: "
        "row 2, column 2 is 'six'.",
        "training/b.csv starts with a header ('a' in row 1): remove it.",
        "training/c.csv is separated by semicolons ('1;2'): use commas between cells and points for decimals.",
        "training/d.csv is compressed by gzip, but cut off or damaged: compress and upload it again.",
        "training/f.jsonl has what is not a list of numbers up to 3.4e38 or null: row 2, column 2 is true.",
        "row 2, column 1 is 'x'; row 2, column 2 is 'y'.",
        "validation/b.csv is a zip archive or a spreadsheet",
        "training/e.csv has a gap.",
    ):
        assert sentence in message
    assert message.startswith("training/a.csv has cells")
    assert len(message) <= 1024


@pytest.mark.parametrize("length", [1, 200])
@pytest.mark.parametrize(("files", "faults"), [(1, 500), (40, 1), (3, 9), (500, 3)])
def test_no_more_than_twenty_faults_and_1024_characters(job, paths, length, files, faults):
    for number in range(files):
        job.put("training", f"{number:03}{'x' * length}.csv", b"1,a_rather_long_text_in_a_cell\n" * faults)
    with pytest.raises(DataError) as caught:
        read(paths)
    message = reason(caught.value)
    told = message.count("column 2 is 'a_rather_long_text_i'")
    assert 1 <= told <= 20
    assert len(message) <= 1024
    beyond = [
        int(word.strip(".:;"))
        for word in message.replace("beyond these: ", "; and ").split("; and ")[1:]
        for word in word.split()[:1]
    ]
    assert told + sum(beyond) == files * faults


def test_what_a_channel_lacks_is_one_sentence(job, paths):
    with pytest.raises(DataError, match=r"^The job has no `training` channel, only none: "):
        read(paths)
    (job.base / "input" / "data" / "training").mkdir(parents=True)
    with pytest.raises(DataError, match=r"^The `training` channel has no files: "):
        read(paths)
    job.put("training", "_SUCCESS", b"")
    with pytest.raises(DataError, match=r"^The `training` channel has nothing but empty files: "):
        read(paths)
    job.put("training", "a.csv", BODY)
    job.put("validation", "_SUCCESS", b"")
    with pytest.raises(DataError, match=r"^The `validation` channel has nothing but empty files: "):
        read(paths)
    configure(job, "validation", TrainingInputMode="Pipe")
    with pytest.raises(DataError, match=r"^The `validation` channel is in Pipe mode, which is not supported: "):
        read(paths)


def test_a_file_that_cannot_be_opened_is_named(job, paths):
    job.put("training", "a.csv", BODY)
    (job.base / "input" / "data" / "training" / "b.csv").symlink_to("b.csv")
    with pytest.raises(DataError, match=r"^The `training` channel cannot be listed|^training/b.csv cannot be read"):
        read(paths)


def test_more_than_memory_holds_is_refused_however_small_it_is_compressed(job, paths, monkeypatch):
    monkeypatch.setattr(data_files, "MEMORY_SHARE", 0)
    job.put("training", "a.csv", gzip.compress(BODY))
    with pytest.raises(UserError, match=r"^The `training` channel does not fit into the 0.0 GB of memory"):
        read(paths)


MEMORY = """
import os, sys
import numpy as np
import pandas
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.csv import parse_csv

def peak():
    return 1024 * next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

parse_csv(b"1,2\\n" * 50_000, "to have everything imported")
before = peak()
training, _ = read_channels(Paths(), True, lambda *_: [])
print(training.consume(lambda values: values.astype(np.float32)).nbytes, peak() - before)
"""


@pytest.mark.parametrize("files", [1, 50])
def test_reading_needs_hardly_more_than_twice_what_training_holds(job, files):
    body = write_csv(np.random.default_rng(0).normal(size=(2000, 50)).astype(np.float32)) * (200 // files)
    for number in range(files):
        job.put("training", f"{number}.csv", body)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], env=job.environment, capture_output=True, text=True, check=True
    )
    held, peak = map(int, done.stdout.split())
    assert held == 4 * 200 * 2000 * 50
    assert peak < 2.6 * held
