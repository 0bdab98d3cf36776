"""Hosts that meet train the model of one host, or end for the same reason."""

import numpy as np
import pytest

from tests.hosts import TWO_PROCESSES, assert_alike, epochs, exit_codes, start
from tests.job import CNN, LSTM

SIZES = {  # without dropout, of which every process draws its own
    "lstm-ad": {**LSTM, "epochs": "3", "batch-size": "32", "dropout": "0"},
    "cnn-kmeans": {**CNN, "epochs": "3", "batch-size": "20"},
}


@pytest.mark.parametrize("algorithm", SIZES)
def test_two_hosts_with_half_the_batch_give_the_model_and_the_metrics_of_one(hosts, bodies, algorithm):
    sizes, files = {**SIZES[algorithm], "patience": "1"}, {"a.csv": bodies[algorithm]}
    (alone,) = hosts(sizes, [files], [files])
    half = {**sizes, "batch-size": str(int(sizes["batch-size"]) // 2)}
    first, second = hosts(half, [files] * 2, [files] * 2)
    assert exit_codes(start([alone])) == [0]
    assert exit_codes(start([first, second])) == [0, 0]
    assert_alike(first, alone)
    np.testing.assert_allclose(epochs(first), epochs(alone), rtol=0, atol=1e-5)
    assert not list(second.model.iterdir())
    assert not (second.base / "output" / "data").exists()


def test_two_processes_on_each_of_two_hosts_with_a_file_give_the_model_of_one(hosts, parts):
    files = parts["lstm-ad"]
    (alone,) = hosts(SIZES["lstm-ad"], [files])
    jobs = hosts({**SIZES["lstm-ad"], "batch-size": "8"}, [{name: body} for name, body in files.items()], sharded=True)
    assert exit_codes(start([alone])) == [0]
    assert exit_codes(start(jobs, TWO_PROCESSES)) == [0, 0]
    assert_alike(jobs[0], alone)


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
def test_parts_of_the_data_that_do_not_suffice_are_refused_on_all_hosts(hosts, hyperparameters, data, message):
    jobs = hosts(hyperparameters, data, sharded=True)
    assert exit_codes(start(jobs)) == [1, 1]
    for job in jobs:
        assert message in job.failure.read_text()


def test_a_validation_channel_that_is_empty_on_every_host_is_refused(hosts, parts):
    data = [{name: body} for name, body in parts["lstm-ad"].items()]
    jobs = hosts(LSTM, data, [{}, None], sharded=True)
    assert exit_codes(start(jobs)) == [1, 1]
    for job in jobs:
        assert "The `validation` channel has no data on any host" in job.failure.read_text()
