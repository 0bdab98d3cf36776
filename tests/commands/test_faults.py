"""Faults of the command `seriesbox`, in one sentence."""

import gzip
import shlex
import socket
import subprocess

import numpy as np
import pytest

from seriesbox.tables.csv import write_csv
from tests.commands.command import COMMAND, options, run
from tests.job import CNN


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("predict", "nowhere"), 1, "nowhere holds no model: model.json is missing"),
        (("serve", "nowhere"), 1, "nowhere holds no model: model.json is missing"),
        (("fit", "cnn-kmeans", "-", "--clusters", "1", "--out", "x"), 1, "`clusters` must be 0, for a number that is"),
        (("fit", "cnn-kmeans", "-", "--out", "x"), 1, "standard input is empty: it needs at least one row of numbers."),
        (("fit", "cnn-kmeans", "-", "--out", ""), 2, "It is empty: give a name."),
        (("fit", "cnn-kmeans", "-", "--out", "x", "--format", "npy", "--header"), 1, "`--header` is for CSV"),
        (("serve", "x", "--host", ""), 1, "`--host` is empty: leave it out"),
        (("serve", "x", "--host", "nowhere.invalid"), 1, "nowhere.invalid, port 8080, is no address to listen at: "),
        (("report", "x", "-", "--out", ""), 2, "It is empty: give a name."),
        (("serve", "x", "--host", "a..b"), 1, "a..b, port 8080, is no address to listen at: "),
        (("fit", "k-means", "-", "--out", "x"), 2, "'k-means' is no algorithm: give cnn-kmeans or"),
        (("fit", "beats.csv"), 2, "'beats.csv' is no algorithm: give cnn-kmeans or lstm-ad, then files."),
        (("predict", COMMAND, "model"), 2, "seriesbox is a file: give the folder of a model."),
        (("fit", "cnn-kmeans", "--out", "x"), 2, "Missing argument 'FILES...'"),
        (("fit", "cnn-kmeans", "-", "--out", "x", "--cluster", "1"), 2, "No such option"),
    ],
)
def test_faults_are_told_in_one_sentence(arguments, code, sentence, tmp_path):
    done = subprocess.run([COMMAND, *arguments], input="", capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_cells_are_named_by_row_and_column(files):
    (files / "wrong.csv").write_text("1,2,3\n4,a,6\n")
    done = run("predict", files / "cnn-kmeans", files / "wrong.csv")
    assert done.exit_code == 1
    assert "wrong.csv has cells that are not numbers" in done.stderr
    assert "row 2, column 2 is 'a'" in done.stderr
    refused = run("predict", files / "cnn-kmeans", files / "series.csv", "--names", "--accept", "json")
    assert "`--names` is for CSV" in refused.stderr


@pytest.mark.parametrize("option", [("--header",), ("--ids", "1")])
def test_options_of_csv_are_refused_for_a_file_that_its_first_bytes_show_to_be_another(files, tmp_path, option):
    np.save(tmp_path / "series.npy", np.eye(4))
    for command in (("fit", "cnn-kmeans", "--out", tmp_path / "model"), ("predict", files / "cnn-kmeans")):
        done = run(*command, tmp_path / "series.npy", *option)
        assert f"`{option[0]}` is for CSV, and this is application/x-npy: leave it out." in done.stderr


def test_a_label_that_was_left_in_is_told(files, two_shapes, tmp_path):
    values, is_fast = two_shapes
    (tmp_path / "labelled.csv").write_bytes(write_csv(np.column_stack([is_fast, values.values])))
    done = run("predict", files / "cnn-kmeans", tmp_path / "labelled.csv")
    assert done.exit_code == 0
    assert done.stderr.startswith("Column 1 has no values but 0, 1, like a label: leave it out")
    assert not run("predict", files / "cnn-kmeans", files / "series.csv").stderr


def test_nothing_is_doubted_of_series_of_other_lengths(files, two_shapes, tmp_path):
    width = two_shapes[0].width
    rows = ["1,0,1,0,1"] * 99 + [",".join(["0"] * width * 20)] + ["0"] * 99 + [",".join(["1"] * (width + 1))] * 99
    (tmp_path / "ragged.csv").write_text("\n".join(rows) + "\n")
    done = run("predict", files / "cnn-kmeans", tmp_path / "ragged.csv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(rows)


def test_the_faults_of_all_files_are_told(files, tmp_path):
    (tmp_path / "wrong.csv").write_text("1,2,3\n4,a,6\n")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"1,2,3\n")[:-9])
    names = (tmp_path / "wrong.csv", tmp_path / "cut.csv.gz")
    done = run("fit", "cnn-kmeans", *names, "--out", tmp_path / "model")
    assert all(f"{name} " in done.stderr for name in names)


def test_numbers_that_count_are_data_if_that_is_said(files, two_shapes, tmp_path):
    body = b",".join(b"%d" % step for step in range(two_shapes[0].width)) + b"\n" + (files / "series.csv").read_bytes()
    (tmp_path / "counted.csv").write_bytes(body)
    refused, done = (
        run("predict", files / "cnn-kmeans", tmp_path / "counted.csv", *no) for no in ((), ["--no-header"])
    )
    assert "or `--no-header` in a shell." in refused.stderr
    assert len(done.stdout.splitlines()) == body.count(b"\n")


def test_a_port_in_use_is_told(files):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", files / "cnn-kmeans", "--port", port)
    assert done.exit_code == 1
    assert f"127.0.0.1, port {port}, is no address to listen at: Address already in use." in done.stderr


def test_a_reader_that_is_gone_loses_no_training(files, tmp_path):
    fit = [COMMAND, "fit", "cnn-kmeans", files / "series.csv", *options(CNN), "--epochs", "3", "--out", tmp_path / "m"]
    subprocess.run(f"{shlex.join(map(str, fit))} | true", shell=True, check=True, capture_output=True)
    assert run("info", tmp_path / "m").exit_code == 0


def test_a_folder_that_cannot_be_written_is_told_before_the_training(files, tmp_path):
    (tmp_path / "file").write_text("")
    done = run("fit", "cnn-kmeans", files / "series.csv", *options(CNN), "--out", tmp_path / "file" / "model")
    assert done.exit_code == 1
    assert "Not a directory" in done.stderr
    assert "epoch" not in done.stdout
