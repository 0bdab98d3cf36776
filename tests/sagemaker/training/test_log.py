"""`train` prints metrics in exactly the published format, and everything else with its level."""

import re

from seriesbox.sagemaker.training.log import logger, set_up_logging
from tests.job import CNN, LSTM

METRICS = re.compile(r"epoch: \d+( \w+: -?\d+\.\d{8})+ \([\d.]+ (s|min), [\d.]+ (s|min) left\)")
MESSAGE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (sagemaker-training-toolkit )?(INFO|WARNING|ERROR) +\S.*")


def test_metrics_have_no_level_and_every_other_line_has_one(job, bodies):
    job.set({**LSTM, "epochs": "2", "num-layers": "1", "dropout": "0.5"})
    for channel in ("training", "validation"):
        job.put(channel, "a.csv", bodies["lstm-ad"])
    done = job.train()
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line]
    metrics = [line for line in lines if METRICS.fullmatch(line)]
    assert [line.split(" (")[0].split()[::2] for line in metrics] == [
        ["epoch:", "train_mse:", "train_mae:", "valid_mse:", "valid_mae:"]
    ] * 2
    assert [line for line in lines if line not in metrics and not MESSAGE.fullmatch(line)] == []
    warning, few = (line for line in lines if " WARNING " in line)
    assert "`dropout` has no effect" in warning
    assert "takes 999 held-out rows, and there are 110" in few


def test_a_metric_that_is_nan_is_explained_once(job):
    job.set({**CNN, "epochs": "3"})
    job.put("training", "a.csv", b"1,2,3,4\n4,3,2,1\n" * 9)
    job.put("validation", "a.csv", b"1,2,3,4\n" * 2)
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("valid_score: nan") == 3
    assert done.stdout.count(" WARNING `valid_score` is nan: all series are in one cluster") == 1
    assert "ConvergenceWarning" not in done.stdout + done.stderr


def test_a_failure_has_a_level_too_and_is_said_on_standard_error(job):
    job.set(LSTM)
    job.put("training", "a.csv", b"1,2\n3,six\n")
    done = job.train()
    assert done.returncode == 1
    assert MESSAGE.fullmatch(done.stderr.splitlines()[-1])
    assert " ERROR " in done.stderr


def test_an_obstacle_has_a_level_too(job):
    job.set(LSTM)
    job.failure.mkdir(parents=True)
    done = job.run("train")
    assert done.returncode == 1
    assert MESSAGE.fullmatch(done.stderr.splitlines()[-1])


def test_a_message_is_printed_once_however_often_logging_is_set_up(capsys, monkeypatch):
    monkeypatch.setattr(logger, "handlers", [])  # afterwards, it has those from before
    for _ in range(2):
        set_up_logging()
    logger.warning("Something is odd.")
    (line,) = capsys.readouterr().out.splitlines()
    assert MESSAGE.fullmatch(line)
    assert line.endswith(" WARNING Something is odd.")
