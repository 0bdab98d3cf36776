"""Several hosts on one machine: each has an address of the loopback network for its name, and a tree of its own."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from seriesbox.artifact import load
from seriesbox.errors import UserError
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.csv import write_csv

LSTM = {"model": "lstm-ad", "epochs": "3", "batch-size": "32", "context-length": "20", "prediction-length": "5"}
LSTM |= {"hidden-size": "4", "dropout": "0"}
CNN = {"model": "cnn-kmeans", "epochs": "3", "batch-size": "20", "clusters": "2", "blocks": "1", "filters": "4"}
CNN |= {"reduced-size": "4", "output-size": "4"}
HOSTS = ["127.0.0.1", "127.0.0.2"]


@pytest.fixture(scope="module")
def bodies(two_shapes, wave):
    return {"lstm-ad": write_csv(wave), "cnn-kmeans": write_csv(two_shapes[0].values)}


@pytest.fixture
def hosts(make_job, bodies):
    """The jobs of several hosts; `data` has each one's training files, else all have the same."""

    def hosts(hyperparameters, names=HOSTS, data=None):
        jobs = []
        for number, name in enumerate(names):
            job = make_job("host")
            job.set(hyperparameters)
            resources = {"current_host": name, "hosts": names, "network_interface_name": "ethwe"}  # it does not exist
            (job.config / "resourceconfig.json").write_text(json.dumps(resources))
            channel = {"S3DistributionType": "FullyReplicated"}
            (job.config / "inputdataconfig.json").write_text(json.dumps({"training": channel}))
            (job.base / "input" / "data" / "training").mkdir(parents=True)
            for file, body in ({"a.csv": bodies[hyperparameters["model"]]} if data is None else data[number]).items():
                job.put("training", file, body)
            jobs.append(job)
        return jobs

    return hosts


def run(jobs):
    """Start all, and return their exit codes."""
    processes = [job.start("train") for job in jobs]
    return [process.wait(timeout=100) for process in processes if process.communicate()]


def tensors(job):
    return load(job.base / "model").tensors


@pytest.mark.parametrize("hyperparameters", [LSTM, CNN], ids=lambda each: each["model"])
def test_two_hosts_with_half_the_batch_give_the_model_of_one(hosts, hyperparameters):
    (alone,) = hosts(hyperparameters, HOSTS[:1])
    first, second = hosts({**hyperparameters, "batch-size": str(int(hyperparameters["batch-size"]) // 2)})
    assert run([alone]) == [0]
    assert run([first, second]) == [0, 0]
    expected = tensors(alone)
    for name, tensor in tensors(first).items():
        np.testing.assert_allclose(tensor, expected[name], rtol=0, atol=1e-5, err_msg=name)
    assert not list((second.base / "model").iterdir())
    assert not (second.base / "output" / "data").exists()


def test_a_fault_on_one_host_is_the_reason_on_all(hosts, bodies):
    jobs = hosts(LSTM, HOSTS, [{"a.csv": bodies["lstm-ad"]}, {"b.csv": bodies["lstm-ad"] + b"1,six\n"}])
    assert run(jobs) == [1, 1]
    for job in jobs:
        assert "training/b.csv" in job.failure.read_text()
        assert "'six'" in job.failure.read_text()


def until(job_process, text):
    for line in job_process.stdout:
        if text in line:
            return
    pytest.fail("The process ended.")


def test_a_host_that_dies_ends_all(hosts):
    jobs = hosts({**LSTM, "epochs": "100000"})
    first, second = (job.start("train") for job in jobs)
    until(first, "epoch: 2 ")
    children = Path(f"/proc/{second.pid}/task/{second.pid}/children").read_text().split()
    for process in (second.pid, *map(int, children)):  # as a container ends, all at once
        os.kill(process, signal.SIGKILL)
    first.communicate(timeout=60)
    assert first.returncode == 1
    assert jobs[0].failure.exists()
    second.communicate()


def test_a_stop_on_one_host_stops_all_and_the_model_is_saved(hosts):
    jobs = hosts({**CNN, "epochs": "100000"})
    first, second = (job.start("train") for job in jobs)
    until(first, "epoch: 2 ")
    for _ in range(3):
        second.send_signal(signal.SIGTERM)  # more than one changes nothing
    for process in (first, second):
        process.communicate(timeout=60)
    assert [first.returncode, second.returncode] == [0, 0]
    assert tensors(jobs[0])


def test_hosts_that_are_killed_go_on_where_they_were(hosts, tmp_path):
    def with_checkpoints(jobs, folder):
        for job in jobs:
            job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
            (job.config / "checkpointconfig.json").write_text(json.dumps({"LocalPath": str(folder)}))
        return jobs

    dropping = {**LSTM, "dropout": "0.5"}
    whole, broken = with_checkpoints(hosts(dropping), tmp_path / "a"), with_checkpoints(hosts(dropping), tmp_path / "b")
    assert run(whole) == [0, 0]
    first, second = (job.start("train") for job in broken)
    until(first, "epoch: 2 ")
    for process in (first, second):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert run(broken) == [0, 0]
    for name, tensor in tensors(whole[0]).items():
        np.testing.assert_array_equal(tensors(broken[0])[name], tensor)


def test_a_name_that_nobody_knows_is_an_error_in_the_end(hosts, monkeypatch):
    (job,) = hosts(LSTM, ["no-such-host.invalid"])
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    monkeypatch.setattr("seriesbox.sagemaker.cluster.SECONDS_TO_START", 0)
    with pytest.raises(UserError, match=r"no-such-host\.invalid is not known within 0 s"):
        Cluster(Paths()).launch()


def test_data_in_parts_is_refused(hosts, monkeypatch):
    job, _ = hosts(LSTM)
    (job.config / "inputdataconfig.json").write_text(json.dumps({"training": {"S3DistributionType": "ShardedByS3Key"}}))
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    with pytest.raises(UserError, match=r"`training` is divided among 2 hosts .* give every host all data"):
        Cluster(Paths())


def test_four_hosts_with_a_quarter_of_the_batch_give_the_model_of_one(hosts):
    (alone,) = hosts(LSTM, HOSTS[:1])
    four = hosts({**LSTM, "batch-size": str(int(LSTM["batch-size"]) // 4)}, [*HOSTS, "127.0.0.3", "127.0.0.4"])
    assert run([alone]) == [0]
    assert run(four) == [0] * 4
    expected = tensors(alone)
    for name, tensor in tensors(four[0]).items():
        np.testing.assert_allclose(tensor, expected[name], rtol=0, atol=1e-5, err_msg=name)
