"""Several hosts on one machine: each has an address of the loopback network for its name, and a tree of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.errors import UserError
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table

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
    """The jobs of several hosts; `data` has each one's training files, None for no folder; else all have the same."""

    def hosts(hyperparameters, names=HOSTS, data=None, distribution="FullyReplicated"):
        jobs = []
        for number, name in enumerate(names):
            job = make_job("host")
            job.set(hyperparameters)
            resources = {"current_host": name, "hosts": names, "network_interface_name": "ethwe"}  # it does not exist
            (job.config / "resourceconfig.json").write_text(json.dumps(resources))
            channel = {"S3DistributionType": distribution}
            (job.config / "inputdataconfig.json").write_text(json.dumps({"training": channel}))
            files = {"a.csv": bodies[hyperparameters["model"]]} if data is None else data[number]
            if files is not None:
                (job.base / "input" / "data" / "training").mkdir(parents=True)
            for file, body in (files or {}).items():
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


def assert_alike(job, alone):
    expected = tensors(alone)
    for name, tensor in tensors(job).items():
        np.testing.assert_allclose(tensor, expected[name], rtol=0, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("hyperparameters", [LSTM, CNN], ids=lambda each: each["model"])
def test_two_hosts_with_half_the_batch_give_the_model_of_one(hosts, hyperparameters):
    (alone,) = hosts(hyperparameters, HOSTS[:1])
    first, second = hosts({**hyperparameters, "batch-size": str(int(hyperparameters["batch-size"]) // 2)})
    assert run([alone]) == [0]
    assert run([first, second]) == [0, 0]
    assert_alike(first, alone)
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


def test_hosts_that_are_stopped_go_on_where_they_were_if_the_first_one_has_a_checkpoint(hosts, tmp_path):
    def with_checkpoints(jobs, folder):
        for number, job in enumerate(jobs):
            job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
            place = {"LocalPath": str(folder / str(number))}
            (job.config / "checkpointconfig.json").write_text(json.dumps(place))
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


@pytest.fixture(scope="module")
def parts(wave, two_shapes):
    """Files that differ in size, and of series, in length too."""
    series = two_shapes[0].values
    return {
        "lstm-ad": {"a.csv": write_csv(wave[: len(wave) // 3]), "b.csv": write_csv(wave[len(wave) // 3 :])},
        "cnn-kmeans": {"a.csv": write_csv(series[:21, :30]), "b.csv": write_csv(series[21:])},
    }


def divided(hosts, hyperparameters, data):
    """The jobs of as many hosts as there are parts of the data."""
    return hosts(hyperparameters, [f"127.0.0.{1 + number}" for number in range(len(data))], data, "ShardedByS3Key")


def test_hosts_with_a_file_each_and_hosts_with_none_give_the_model_of_one_with_all(hosts, parts):
    files = parts["lstm-ad"]
    (alone,) = hosts(LSTM, HOSTS[:1], [files])
    data = [{"a.csv": files["a.csv"]}, None, {"_SUCCESS": b""}, {"b.csv": files["b.csv"]}]
    jobs = divided(hosts, {**LSTM, "batch-size": "8"}, data)
    assert run([alone]) == [0]
    assert run(jobs) == [0, 0, 0, 0]
    assert_alike(jobs[0], alone)


def test_clusters_are_those_of_the_series_of_all_hosts(hosts, parts, two_shapes):
    files, table = parts["cnn-kmeans"], two_shapes[0]
    sizes = {**CNN, "scaling": "step"}
    (alone,) = hosts(sizes, HOSTS[:1], [files])
    jobs = divided(hosts, sizes, [{}, {"a.csv": files["a.csv"]}, {"b.csv": files["b.csv"]}])
    assert run([alone]) == [0]
    assert run(jobs) == [0, 0, 0]
    for name in ("scaler.shift", "scaler.scale"):
        np.testing.assert_allclose(tensors(jobs[0])[name], tensors(alone)[name], rtol=1e-9)
    whole = Table.of(np.concatenate([np.where(np.arange(40) < 30, table.values[:21], np.nan), table.values[21:]]))
    outputs = predict(load(jobs[0].base / "model").predictor(), whole)
    for label, centroid in enumerate(tensors(jobs[0])["centroids"]):
        np.testing.assert_allclose(outputs[outputs[:, 0] == label, 1:].mean(axis=0), centroid, atol=1e-5)


@pytest.mark.parametrize(
    ("hyperparameters", "data", "message"),
    [
        (LSTM, [{}, None], "The `training` channel has no data on any host"),
        (CNN, [{"a.csv": b"1,2\n"}, {"b.csv": b"1,2\n2,1\n"}], "has one series on one of the hosts"),
        (
            LSTM,
            [{"a.csv": b"1,2\n" * 200}, {"b.csv": b"1\n" * 200}],
            "b.csv has rows of 1 cells, but the training",
        ),
    ],
    ids=["nothing", "one series", "other columns"],
)
def test_parts_of_the_data_that_do_not_suffice(hosts, hyperparameters, data, message):
    jobs = divided(hosts, hyperparameters, data)
    assert run(jobs) == [1, 1]
    for job in jobs:
        assert message in job.failure.read_text()


def test_hosts_that_should_have_the_same_data_and_do_not(hosts, parts):
    jobs = hosts(CNN, HOSTS, [{name: body} for name, body in parts["cnn-kmeans"].items()])
    assert run(jobs) == [1, 1]
    assert "between 21 and 39 items of the same channel" in jobs[1].failure.read_text()


@pytest.mark.parametrize("distribution", ["FullyReplicated", "ShardedByS3Key"])
def test_two_processes_on_each_of_two_hosts_give_the_model_of_one(hosts, parts, distribution):
    files = parts["lstm-ad"]
    (alone,) = hosts(LSTM, HOSTS[:1], [files])
    data = [{name: body} for name, body in files.items()] if distribution == "ShardedByS3Key" else [files, files]
    jobs = hosts({**LSTM, "batch-size": "8"}, HOSTS, data, distribution)
    assert run([alone]) == [0]
    started = [subprocess.Popen([sys.executable, "-c", TWO_PROCESSES], env=job.environment) for job in jobs]
    assert [process.wait(timeout=100) for process in started] == [0, 0]
    assert_alike(jobs[0], alone)


TWO_PROCESSES = """
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.paths import Paths
cluster = Cluster(Paths())
cluster.processes = 2  # as on a host with two GPUs
cluster.launch()
"""
