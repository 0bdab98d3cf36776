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
from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.host import Host
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
    """The jobs of several hosts, and each one's files of its channels; None for no folder. Else all have the same."""

    def hosts(hyperparameters, names=HOSTS, data=None, distribution="FullyReplicated", validation=None):
        channels = {"training": data or [{"a.csv": bodies[hyperparameters["model"]]}] * len(names)}
        if validation:
            channels["validation"] = validation
        jobs = []
        for number, name in enumerate(names):
            job = make_job("host")
            job.set(hyperparameters)
            resources = {"current_host": name, "hosts": names, "network_interface_name": "ethwe"}  # it does not exist
            (job.config / "resourceconfig.json").write_text(json.dumps(resources))
            configuration = {channel: {"S3DistributionType": distribution} for channel in channels}
            (job.config / "inputdataconfig.json").write_text(json.dumps(configuration))
            for channel, of_hosts in channels.items():
                if of_hosts[number] is not None:
                    (job.base / "input" / "data" / channel).mkdir(parents=True)
                for file, body in (of_hosts[number] or {}).items():
                    job.put(channel, file, body)
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


def metrics(job):
    return np.genfromtxt(job.base / "output" / "data" / "metrics.csv", delimiter=",", skip_header=1)


@pytest.mark.parametrize("hyperparameters", [LSTM, CNN], ids=lambda each: each["model"])
def test_two_hosts_with_half_the_batch_give_the_model_and_the_metrics_of_one(hosts, bodies, hyperparameters):
    sizes, validation = {**hyperparameters, "patience": "1"}, [{"a.csv": bodies[hyperparameters["model"]]}] * 2
    (alone,) = hosts(sizes, HOSTS[:1], validation=validation)
    sizes["batch-size"] = str(int(sizes["batch-size"]) // 2)
    first, second = hosts(sizes, validation=validation)
    assert run([alone]) == [0]
    assert run([first, second]) == [0, 0]
    assert_alike(first, alone)
    np.testing.assert_allclose(metrics(first), metrics(alone), rtol=0, atol=1e-5)
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


def children(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_a_host_that_dies_ends_all_and_its_processes_with_it(hosts):
    jobs = hosts({**LSTM, "epochs": "100000"})
    first, second = (job.start("train") for job in jobs)
    until(first, "epoch: 2 ")
    left = children(second)
    second.kill()
    for process in (first, second):
        process.communicate(timeout=60)
    assert first.returncode == 1
    assert jobs[0].failure.read_text().startswith("Another host ended without a word")
    assert left
    assert not any(Path(f"/proc/{pid}/exe").exists() for pid in left)


def test_a_process_that_is_killed_ends_all(hosts):
    jobs = hosts({**LSTM, "epochs": "100000"})
    first, second = (job.start("train") for job in jobs)
    until(first, "epoch: 2 ")
    os.kill(children(second)[0], signal.SIGKILL)
    for process in (first, second):
        process.communicate(timeout=60)
    assert [first.returncode, second.returncode] == [1, 1]
    for job in jobs:
        assert job.failure.read_text().startswith("A process of the training was killed")


def test_a_host_that_cannot_begin_ends_those_that_wait_for_it(hosts):
    jobs = hosts(LSTM)
    (jobs[1].config / "hyperparameters.json").write_text("{")
    assert run(jobs) == [1, 1]
    for job in jobs:
        assert "hyperparameters.json must hold a JSON object" in job.failure.read_text()


@pytest.mark.parametrize("number", [0, 1])
def test_a_host_that_waits_for_others_can_be_stopped(hosts, number):
    job = hosts(LSTM)[number]
    alone = job.start("train")
    until(alone, "is not there yet")
    alone.send_signal(signal.SIGTERM)
    alone.communicate(timeout=60)
    assert (alone.returncode, job.failure.read_text()) == (1, STOPPED_BEFORE_TRAINING)


def test_a_stop_before_the_first_step_stops_all(hosts, wave):
    large = {"a.csv": write_csv(np.tile(wave, (200, 1)))}
    jobs = hosts({**LSTM, "epochs": "100000"}, HOSTS, [large, large])
    first, second = (job.start("train") for job in jobs)
    until(first, "lstm-ad {")
    second.send_signal(signal.SIGTERM)
    for process in (first, second):
        process.communicate(timeout=60)
    assert [first.returncode, second.returncode] == [1, 1]
    assert [job.failure.read_text() for job in jobs] == [STOPPED_BEFORE_TRAINING, STOPPED_BEFORE_TRAINING]


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
    monkeypatch.setattr("seriesbox.sagemaker.training.rendezvous.SECONDS_TO_START", 0)
    with pytest.raises(UserError, match=r"no-such-host\.invalid, the first host, did not come within 0 s"):
        Host(Paths()).launch()


@pytest.fixture(scope="module")
def parts(wave, two_shapes):
    """Files that differ in size, and of series, in length too."""
    series = two_shapes[0].values
    return {
        "lstm-ad": {"a.csv": write_csv(wave[: len(wave) // 3]), "b.csv": write_csv(wave[len(wave) // 3 :])},
        "cnn-kmeans": {
            "a.csv": write_csv(series[:21, :30]),
            "b.csv": write_csv(series[21:59]),
            "c.csv": write_csv(series[59:]),
        },
    }


def divided(hosts, hyperparameters, data, validation=None):
    """The jobs of as many hosts as there are parts of the data."""
    names = [f"127.0.0.{1 + number}" for number in range(len(data))]
    return hosts(hyperparameters, names, data, "ShardedByS3Key", validation)


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
    jobs = divided(hosts, sizes, [{}, *({name: body} for name, body in files.items())])
    assert run([alone]) == [0]
    assert run(jobs) == [0, 0, 0, 0]
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
        (LSTM, [{"a.csv": b"1\nsix\n"}, None], "a.csv has cells that are not numbers"),
        (CNN, [{"a.csv": b"1,2\n"}, {"b.csv": b"2,1\n"}], "has at most one series on every host"),
        (
            LSTM,
            [{"a.csv": b"1,2\n" * 200}, {"b.csv": b"1\n" * 200}],
            "b.csv has rows of 1 cells, but the training",
        ),
    ],
    ids=["nothing", "a fault beside nothing", "one series each", "other columns"],
)
def test_parts_of_the_data_that_do_not_suffice(hosts, hyperparameters, data, message):
    jobs = divided(hosts, hyperparameters, data)
    assert run(jobs) == [1, 1]
    for job in jobs:
        assert message in job.failure.read_text()


def test_validation_data_that_no_host_has(hosts, parts):
    data = [{name: body} for name, body in parts["lstm-ad"].items()]
    jobs = divided(hosts, LSTM, data, [{}, None])
    assert run(jobs) == [1, 1]
    for job in jobs:
        assert "The `validation` channel has no data on any host" in job.failure.read_text()


def test_series_that_are_too_many_to_validate_with_are_compared_with_all_of_their_host(hosts, bodies):
    series = np.random.default_rng(0).normal(size=(4003, 3))
    data = [{"a.csv": bodies["cnn-kmeans"]}] * 2
    validation = [{"a.csv": write_csv(series[:4001])}, {"b.csv": write_csv(series[4001:])}]  # one of two is scored
    jobs = divided(hosts, {**CNN, "epochs": "1"}, data, validation)
    assert run(jobs) == [0, 0]
    assert np.isfinite(metrics(jobs[0])).all()


def test_hosts_that_should_have_the_same_data_and_do_not(hosts, parts):
    jobs = hosts(CNN, HOSTS, [{name: parts["cnn-kmeans"][name]} for name in ("a.csv", "b.csv")])
    assert run(jobs) == [1, 1]
    assert "between 21 and 38 items of the same channel" in jobs[1].failure.read_text()


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
from seriesbox.sagemaker.training.host import Host
from seriesbox.sagemaker.paths import Paths
host = Host(Paths())
host.processes = 2  # as on a host with two GPUs
host.launch()
"""
