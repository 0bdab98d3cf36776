"""SageMaker's tuning and pipelines take a metric's last value for the model's: so it must be."""

import json
import re

import pytest

from seriesbox import metrics
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.sagemaker.training.report import BEST, RESUMED
from tests.hosts import exit_codes, start
from tests.job import LSTM, TRAIN

PATIENT = {**LSTM, "lr": "0.05", "epochs": "50", "patience": "2"}  # the best epoch is one of the first
# A job that stops itself after a step of the epoch that follows one worse than the best.
STOPPED_IN_AN_EPOCH = """
import os, signal
from seriesbox import training
from seriesbox.sagemaker.training.command import main

def step(self, *arguments, step=training._Loop.step):
    step(self, *arguments)
    if self.state.progress.epoch - self.state.progress.best_epoch == 2 and self.state.progress.best_epoch:
        os.kill(os.getpid(), signal.SIGTERM)

training._Loop.step = step
main()
"""


def epochs(log):
    """The number and the end of each line of metrics."""
    return [(int(number), end) for number, end in re.findall(r"^epoch: (\d+) .*?(\(.*\))$", log, re.MULTILINE)]


def epoch_of_model(log, job):
    """The epoch of the model, whose metrics must be the last values in the log."""
    of_model = json.loads((job.base / "output/data/metrics.json").read_text())
    epoch = of_model.pop("epoch")
    for name in of_model.keys() & LSTMAD.metrics.keys():
        found = [match[1] for line in log.splitlines() if (match := re.search(metrics.regex(name), line))]
        assert float(found[-1]) == pytest.approx(of_model[name], abs=1e-8)
    return epoch


@pytest.fixture
def patient(job, bodies):
    job.set(PATIENT)
    for channel in ("training", "validation"):
        job.put(channel, "a.csv", bodies["lstm-ad"])
    return job


@pytest.mark.parametrize(("program", "worse"), [(TRAIN, 2), (STOPPED_IN_AN_EPOCH, 1)], ids=["patience", "a stop"])
def test_with_patience_the_last_line_is_that_of_the_epoch_that_is_saved(patient, program, worse):
    done = patient.start(program)
    assert done.returncode == 0, done.stderr
    *before, last = epochs(done.stdout)
    best = epoch_of_model(done.stdout, patient)
    assert [number for number, _ in before] == list(range(1, best + worse + 1))
    assert last == (best, BEST)


def test_a_job_with_patience_that_is_resumed_ends_with_the_same_line(patient):
    patient.checkpoints.mkdir()
    stopped = patient.start(STOPPED_IN_AN_EPOCH)
    assert stopped.returncode == 0
    done = patient.train()
    *before, last = epochs(done.stdout)
    best = epoch_of_model(done.stdout, patient)
    assert [number for number, _ in before] == [best + 2]
    assert last == epochs(stopped.stdout)[-1] == (best, BEST)


def test_a_job_that_has_no_epoch_left_prints_the_last_one_again(checkpointing, uninterrupted):
    job = checkpointing(LSTM, uninterrupted["lstm-ad"])
    done = job.train()
    assert epochs(done.stdout) == [(6, RESUMED)]
    assert epoch_of_model(done.stdout, job) == 6


def test_of_several_hosts_the_first_prints_the_line_alone(hosts, bodies):
    files = {"a.csv": bodies["lstm-ad"]}
    jobs = hosts({**PATIENT, "epochs": "2", "batch-size": "64"}, [files] * 2, [files] * 2)
    first, second = start(jobs)
    assert exit_codes([first, second]) == [0, 0]
    assert epochs(first.stdout)[-1] == (epoch_of_model(first.stdout, jobs[0]), BEST)
    assert epochs(second.stdout) == []


def test_without_patience_there_is_a_line_for_each_epoch_and_no_other(job, bodies):
    job.set({**LSTM, "epochs": "3"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    lines = epochs(job.train().stdout)
    assert [number for number, _ in lines] == [1, 2, 3]
    assert all(end.endswith(" left)") for _, end in lines)
