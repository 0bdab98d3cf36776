import json
import os
import re
import select

import numpy as np
import pytest

from seriesbox import metrics
from seriesbox.artifact import load
from seriesbox.sagemaker.training.log import logger, set_up_logging
from seriesbox.sagemaker.training.report import Report
from seriesbox.tables.csv import write_csv
from tests.job import LSTM, TRAIN


def test_a_line_has_the_metrics_the_time_and_the_time_left(tmp_path, capsys):
    report = Report(tmp_path / "data")
    report.begun(3, "Trains for 3 epochs.")
    for epoch in (1, 2, 3):
        report.epoch(epoch, {"train_loss": 1 / epoch})
    lines = capsys.readouterr().out.splitlines()
    assert [float(re.search(metrics.regex("train_loss"), line)[1]) for line in lines] == pytest.approx([1, 0.5, 1 / 3])
    assert all(re.search(r" \(\S+ s, \S+ s left\)$", line) for line in lines)
    assert lines[-1].endswith(", 0 s left)")


def test_the_epochs_before_an_interruption_are_in_the_table_too(tmp_path):
    report = Report(tmp_path)
    report.resumed([{"epoch": 1, "train_score": 0.5}])
    report.epoch(2, {"train_score": float("nan")})
    assert (tmp_path / "metrics.csv").read_text().splitlines() == ["epoch,train_score", "1,0.5", "2,nan"]


def test_the_metrics_of_the_model_are_valid_json(tmp_path):
    report = Report(tmp_path)
    report.ended({"epoch": 2, "train_score": float("nan")}, is_best=False)
    report.found("silhouettes", {2: 0.5, 3: float("nan")}, "Chose 2 clusters.")
    report.write_metrics(["training: 1 file"], ["A note."])
    assert json.loads((tmp_path / "metrics.json").read_text()) == {
        "epoch": 2,
        "train_score": None,
        "silhouettes": {"2": 0.5, "3": None},
        "channels": ["training: 1 file"],
        "notes": ["A note."],
    }


def test_a_disk_that_takes_no_files_ends_no_training(tmp_path, capsys):
    (tmp_path / "data").write_text("no folder")
    report = Report(tmp_path / "data")
    report.epoch(1, {"train_loss": 1})
    report.ended({"epoch": 1, "train_loss": 1}, is_best=False)
    report.write_metrics([], [])
    assert "train_loss: 1.0" in capsys.readouterr().out


def test_a_warning_is_logged_once(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(logger, "handlers", [])  # afterwards, it has those from before
    set_up_logging()
    report = Report(tmp_path)
    for sentence in ("First.", "Second.", "First."):
        report.warn(sentence)
    assert re.findall(r"WARNING (.*)", capsys.readouterr().out) == ["First.", "Second."]


def test_a_job_keeps_the_metrics_of_all_epochs_as_a_table_and_the_last_as_json(job, bodies):
    job.set({**LSTM, "epochs": "6", "false-alarm-rate": "0.01"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    assert job.train().returncode == 0
    table = np.genfromtxt(job.base / "output/data/metrics.csv", delimiter=",", names=True)
    assert table["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    last = json.loads((job.base / "output/data/metrics.json").read_text())
    rows = bodies["lstm-ad"].count(b"\n")
    assert last.pop("threshold") == load(job.model).tensors["threshold"]
    assert last == {
        **{name: pytest.approx(table[name][-1]) for name in table.dtype.names},
        "channels": [f"training: 1 file (a.csv), {rows} rows of 2 columns, 0 gaps"],
        "notes": [],
    }


def test_a_terminal_shows_a_bar_and_the_lines_as_they_are_elsewhere(job, wave):
    job.set({**LSTM, "hidden-size": "64", "batch-size": "1", "epochs": "3"})
    job.put("training", "a.csv", write_csv(np.tile(wave, (4, 1))))
    terminal, theirs = os.openpty()
    process = job.start(f"import os; os.dup2(os.open({os.ttyname(theirs)!r}, os.O_RDWR | os.O_NOCTTY), 1)\n{TRAIN}")
    shown = b""
    while not process.has_ended() or select.select([terminal], [], [], 0)[0]:
        if select.select([terminal], [], [], 0.01)[0]:
            shown += os.read(terminal, 65536)
    os.close(theirs)
    os.close(terminal)
    assert process.returncode == 0
    assert re.search(rb"\r\x1b\[Kepoch 1 \[=* *\]", shown)
    assert len(re.findall(rb"(?m)^(?:.*\x1b\[K)?epoch: \d train_mse: [\d.]+ train_mae: ", shown)) == 3
