"""The data files of a channel are told from other files, and become tables."""

import gzip
import io
import subprocess
import sys

import numpy as np
import pytest

from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.errors import DataError, UserError
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.sagemaker.training import data_files
from seriesbox.tables.csv import write_csv

VALUES = np.arange(12.0).reshape(6, 2)
BODY = write_csv(VALUES)
NO_DATA = [
    ".hidden",
    ".git/config",
    "x-manifest",
    "a/x-manifest",
    "m.sagemaker-uploading",
    "m.sagemaker-uploaded",
    "a/m.sagemaker-ignore",
    "_temporary/0/b.csv",
    "_delta_log/0.json",
    "manifest",
    "output.manifest",
    "a.csv.metadata",
    "desktop.ini",
    "a.csv~",
]


def test_every_data_file_is_a_table_in_the_order_of_their_paths(job, read):
    for name in ("b.csv", "a/z.csv", "a/deeper/c", "a.csv", "d.csv.gz"):
        job.put("training", name, BODY)
    for name in NO_DATA:
        job.put("training", name, b"no data")
    job.put("training", "_SUCCESS", b"")
    training, validation = read()
    assert [table.name for table in training] == [
        f"training/{name}" for name in ("a/deeper/c", "a/z.csv", "a.csv", "b.csv", "d.csv.gz")
    ]
    assert not validation
    for table in training:
        np.testing.assert_array_equal(table.values, VALUES)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv", "part-0000"])
def test_gzip_is_recognised_by_its_content_alone(job, read, name):
    job.put("training", name, gzip.compress(BODY[:10]) + gzip.compress(BODY[10:]))  # as two members
    job.put("training", "empty.gz", gzip.compress(b""))
    ((table,), _) = read()
    np.testing.assert_array_equal(table.values, VALUES)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("content_type", "lead"), [("application/jsonlines; charset=utf-8", b""), (None, b"\n [")])
def test_json_lines_are_rows_or_whole_series(job, read, compressed, content_type, lead):
    if content_type:
        job.configure("inputdataconfig", training={"ContentType": content_type})
    body = (lead or b"[") + b"1, null]\n\n[3, 4, 5]\n"
    job.put("training", "a.jsonl", gzip.compress(body) if compressed else body)
    ((rows,), _), (series, _) = read(CNNKMeansPredictor), read(LSTMADPredictor)
    np.testing.assert_array_equal(rows.values, [[1, np.nan, np.nan], [3, 4, 5]])
    first = 1 + body[:3].count(b"\n")
    assert [table.name for table in series] == [f"training/a.jsonl, line {number}" for number in (first, first + 2)]
    np.testing.assert_array_equal(series[0].values, [[1], [np.nan]])
    np.testing.assert_array_equal(series[1].values, [[3], [4], [5]])


def test_a_file_that_is_no_json_is_refused_if_the_content_type_says_json_lines(job, read):
    job.configure("inputdataconfig", training={"ContentType": "application/jsonlines"})
    job.put("training", "a.csv", BODY)
    with pytest.raises(DataError, match=r"^training/a\.csv must hold lists .* row 1 is not JSON: .*; row 2 is"):
        read()


def test_gzip_in_gzip_is_named(job, read):
    job.put("training", "a.csv.gz", gzip.compress(gzip.compress(BODY)))
    with pytest.raises(DataError, match=r"^training/a.csv.gz is compressed by gzip twice: compress it once\.$"):
        read()


def test_a_file_that_cannot_be_opened_is_named(job, read):
    job.put("training", "a.csv", BODY)
    (job.channel("training") / "b.csv").symlink_to("b.csv")
    with pytest.raises(DataError, match=r"^The `training` channel cannot be listed|^training/b.csv cannot be read"):
        read()


def test_more_than_memory_holds_is_refused_however_small_it_is_compressed(job, read, monkeypatch):
    monkeypatch.setattr(data_files, "MEMORY_SHARE", 0)
    job.put("training", "a.csv", gzip.compress(BODY))
    with pytest.raises(UserError, match=r"^The `training` channel does not fit into the 0.0 GB of memory"):
        read()


MEMORY = """
import os, sys
import numpy as np
import pandas
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.csv import parse_csv

def peak():
    return 1024 * next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

parse_csv(b"1,2\\n" * 50_000, "to have everything imported")
before = peak()
training, *_ = read_channels(Paths(), CNNKMeansPredictor, CNNKMeansPredictor.Hyperparameters(), (), lambda *_: [])
print(training.tables.consume(lambda values: values.astype(np.float32)).nbytes, peak() - before)
"""


@pytest.mark.parametrize("files", [1, 50])
def test_reading_needs_hardly_more_than_twice_what_training_holds(job, files):
    body = write_csv(np.random.default_rng(0).normal(size=(2000, 50)).astype(np.float32)) * (100 // files)
    for number in range(files):
        job.put("training", f"{number}.csv", body)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], env=job.environment, capture_output=True, text=True, check=True
    )
    held, peak = map(int, done.stdout.split())
    assert held == 4 * 100 * 2000 * 50
    assert peak < 2.6 * held


def test_an_array_of_numpy_is_known_by_its_first_bytes(job, read):
    stream = io.BytesIO()
    np.save(stream, VALUES.astype(np.float32))
    job.put("training", "a.npy", stream.getvalue())
    job.put("training", "b.npy", gzip.compress(stream.getvalue()))
    (training, _) = read()
    np.testing.assert_array_equal(training.values, np.vstack([VALUES, VALUES]))
