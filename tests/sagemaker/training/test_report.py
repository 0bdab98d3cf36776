import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from seriesbox import metrics
from seriesbox.sagemaker.training.report import Report
from seriesbox.tables.csv import write_csv


def test_a_line_has_the_metrics_the_time_and_what_is_left(tmp_path, capsys):
    report = Report(3, tmp_path / "data")
    for epoch in (1, 2, 3):
        report.epoch(epoch, {"train_loss": 1 / epoch})
    lines = capsys.readouterr().out.splitlines()
    assert [float(re.search(metrics.regex("train_loss"), line)[1]) for line in lines] == pytest.approx([1, 0.5, 1 / 3])
    assert all(re.search(r" \(\S+ s, \S+ s left\)$", line) for line in lines)
    assert lines[-1].endswith(", 0 s left)")


def test_what_went_before_an_interruption_is_in_the_table_too(tmp_path):
    report = Report(2, tmp_path)
    report.resumed([{"epoch": 1, "train_score": 0.5}])
    report.epoch(2, {"train_score": float("nan")})
    assert (tmp_path / "metrics.csv").read_text().splitlines() == ["epoch,train_score", "1,0.5", "2,nan"]


def test_the_metrics_of_the_model_are_valid_json(tmp_path):
    Report(2, tmp_path).ended({"epoch": 2, "train_score": float("nan")})
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"epoch": 2, "train_score": None}


def test_a_disk_that_takes_no_files_ends_no_training(tmp_path, capsys):
    (tmp_path / "data").write_text("no folder")
    report = Report(1, tmp_path / "data")
    report.epoch(1, {"train_loss": 1})
    report.ended({"epoch": 1, "train_loss": 1})
    assert "train_loss: 1.0" in capsys.readouterr().out


def test_a_terminal_shows_a_bar_and_the_lines_as_they_are_elsewhere(job, wave):
    job.set({"context-length": "20", "prediction-length": "5", "hidden-size": "64", "batch-size": "1", "epochs": "3"})
    job.put("training", "a.csv", write_csv(np.tile(wave, (4, 1))))
    master, slave = os.openpty()
    with subprocess.Popen([Path(sys.executable).parent / "train"], env=job.environment, stdout=slave) as process:
        os.close(slave)
        shown = b""
        while process.poll() is None or shown[-1:] != b"\n":
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            time.sleep(0.01)
    os.close(master)
    assert process.returncode == 0
    assert re.search(rb"\r\x1b\[Kepoch 1 \[=* *\]", shown)
    assert len(re.findall(rb"(?m)^(?:.*\x1b\[K)?epoch: \d train_mse: [\d.]+ train_mae: ", shown)) == 3
