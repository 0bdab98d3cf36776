"""All hosts learn of stops, faults and deaths of one."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.sagemaker.training.host import Host
from seriesbox.tables.csv import write_csv
from tests.hosts import children, exit_codes, start, tensors
from tests.job import CNN, LSTM

ENDLESS = {"epochs": "100000"}


@pytest.fixture
def data(bodies):
    """The same files on two hosts."""
    return {name: [{"a.csv": body}] * 2 for name, body in bodies.items()}


def test_a_fault_on_one_host_is_the_reason_on_all(hosts, bodies):
    jobs = hosts(LSTM, [{"a.csv": bodies["lstm-ad"]}, {"b.csv": bodies["lstm-ad"] + b"1,six\n"}])
    assert exit_codes(start(jobs)) == [1, 1]
    for job in jobs:
        assert "training/b.csv" in job.failure.read_text()
        assert "'six'" in job.failure.read_text()


def test_a_host_that_dies_ends_all_and_its_processes_with_it(hosts, data):
    jobs = hosts(LSTM | ENDLESS, data["lstm-ad"])
    first, second = start(jobs)
    first.wait_for("epoch: 2 ")
    processes = children(second)
    second.send(signal.SIGKILL)
    assert (first.returncode, second.returncode) == (1, -signal.SIGKILL)
    assert jobs[0].failure.read_text().startswith("Another host ended without a message")
    assert processes
    assert not any(Path(f"/proc/{pid}/exe").exists() for pid in processes)


def test_a_process_that_is_killed_ends_all(hosts, data):
    jobs = hosts(LSTM | ENDLESS, data["lstm-ad"])
    first, second = start(jobs)
    first.wait_for("epoch: 2 ")
    os.kill(children(second)[0], signal.SIGKILL)
    assert exit_codes([first, second]) == [1, 1]
    for job in jobs:
        assert job.failure.read_text().startswith("A process of the training was killed")


def test_a_host_that_cannot_begin_ends_those_that_wait_for_it(hosts, data):
    jobs = hosts(LSTM, data["lstm-ad"])
    (jobs[1].config / "hyperparameters.json").write_text("{")
    assert exit_codes(start(jobs)) == [1, 1]
    for job in jobs:
        assert "hyperparameters.json must hold a JSON object" in job.failure.read_text()


@pytest.mark.parametrize("number", [0, 1])
def test_a_host_that_waits_for_others_can_be_stopped(hosts, data, number):
    job = hosts(LSTM, data["lstm-ad"])[number]
    (waiting,) = start([job])
    waiting.wait_for("is not there yet")
    waiting.send(signal.SIGTERM)
    assert (waiting.returncode, job.failure.read_text()) == (1, STOPPED_BEFORE_TRAINING)


def test_a_stop_on_one_host_before_the_first_step_stops_all(hosts, wave):
    large = {"a.csv": write_csv(np.tile(wave, (200, 1)))}
    jobs = hosts(LSTM | ENDLESS, [large, large])
    first, second = start(jobs)
    first.wait_for("lstm-ad {")
    second.send(signal.SIGTERM)
    assert exit_codes([first, second]) == [1, 1]
    assert [job.failure.read_text() for job in jobs] == [STOPPED_BEFORE_TRAINING] * 2


def test_a_stop_on_one_host_stops_all_and_the_model_is_saved(hosts, data):
    jobs = hosts(CNN | ENDLESS, data["cnn-kmeans"])
    first, second = start(jobs)
    first.wait_for("epoch: 2 ")
    for _ in range(3):  # more than one changes nothing
        second.send(signal.SIGTERM)
    assert exit_codes([first, second]) == [0, 0]
    assert tensors(jobs[0])


def test_a_first_host_that_does_not_come_is_named(job, paths, monkeypatch):
    job.configure("resourceconfig", current_host="no-such-host.invalid", hosts=["no-such-host.invalid"])
    monkeypatch.setattr("seriesbox.sagemaker.training.rendezvous.SECONDS_TO_START", 0)
    with pytest.raises(UserError, match=r"no-such-host\.invalid, the first host, did not arrive within 0 s"):
        Host(paths).launch()
