"""Faults of the command `seriesbox`, in one sentence."""

import shlex
import socket
import subprocess

import pytest

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
        (("fit", "k-means", "-", "--out", "x"), 2, "No such command 'k-means'"),
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
