"""Hosts that were given different things end with one sentence, which names the host, the thing and both values."""

import pytest

from seriesbox.errors import DataError
from seriesbox.sagemaker.training.digests import check_equal
from seriesbox.sagemaker.training.host_settings import HostSettings, difference
from tests.hosts import NAMES, TRAIN, exit_codes, start
from tests.job import LSTM

TWO_GPUS = "import torch\ntorch.cuda.device_count = lambda: 2"


@pytest.fixture
def jobs(hosts, bodies):
    """Two hosts that have been given the same."""
    return hosts(LSTM, [{"a.csv": bodies["lstm-ad"]}] * 2)


@pytest.fixture
def settings(job, paths):
    """The settings of the only host of a job."""

    def settings(hyperparameters, gpus=0, instance="ml.m5.xlarge", **channels):
        job.set(hyperparameters)
        job.configure("inputdataconfig", **channels)
        job.configure("resourceconfig", current_host="algo-1", hosts=["algo-1"], current_instance_type=instance)
        return HostSettings.read(paths, gpus)

    return settings


def failures(processes, jobs):
    """Return the two sentences of hosts that must fail."""
    assert exit_codes(processes) == [1, 1]
    return [job.failure.read_text() for job in jobs]


def test_other_hyperparameters_are_named_on_all_hosts(jobs):
    jobs[1].set({**LSTM, "hidden-size": "5", "seed": "2"})
    expected = (
        "127.0.0.2 has `hidden-size` 5, 127.0.0.1 has 4; 127.0.0.2 has `seed` 2, 127.0.0.1 has none: "
        "give all hosts the same hyperparameters."
    )
    assert failures(start(jobs), jobs) == [expected] * 2


def test_other_gpus_are_named_on_all_hosts_with_the_kinds_of_instances(jobs):
    for job, name, instance in zip(jobs, NAMES, ("ml.g5.12xlarge", "ml.g5.xlarge"), strict=False):
        job.configure("resourceconfig", current_host=name, hosts=NAMES[:2], current_instance_type=instance)
    jobs[1].port = jobs[0].port
    processes = [*start(jobs[:1], TWO_GPUS + TRAIN), *start(jobs[1:])]
    expected = (
        "127.0.0.2 (ml.g5.xlarge) has a GPU count of 0, 127.0.0.1 (ml.g5.12xlarge) has 2: "
        "give all hosts the same kind of instance."
    )
    assert failures(processes, jobs) == [expected] * 2


def test_other_data_is_named_on_all_hosts(jobs):
    jobs[1].put("training", "a.csv", jobs[1].channel("training").joinpath("a.csv").read_bytes().replace(b"1", b"2", 1))
    expected = (
        "The `training` channel of 127.0.0.2 has other data than that of 127.0.0.1: give all of them all data "
        "(FullyReplicated), or each a part (ShardedByS3Key)."
    )
    assert failures(start(jobs), jobs) == [expected] * 2


def test_another_channel_is_named(settings):
    replicated, sharded = ({"S3DistributionType": each} for each in ("FullyReplicated", "ShardedByS3Key"))
    first = settings(LSTM, training=replicated, validation=replicated)
    second = settings({**LSTM, "seed": "2"}, training=sharded)
    assert difference({"algo-1": first, "algo-2": second, "algo-3": first}) == (
        "algo-2 has `training` ShardedByS3Key, algo-1 has FullyReplicated; algo-2 has no `validation`, algo-1 has "
        "FullyReplicated: give all hosts the same channels."
    )


def test_what_makes_no_difference_may_differ(settings):
    first = settings(
        {**LSTM, "dropout": "NaN", "lr": "0.001", "sagemaker_job_name": "a"}, training={"ContentType": "text/csv"}
    )
    second = settings({**LSTM, "dropout": "NaN", "lr": "1e-3", "patience": "None"}, instance="ml.m5.large", training={})
    assert difference({"algo-1": first, "algo-2": second}) is None


def test_data_is_compared_by_hosts_unless_it_is_sharded():
    hosts, a, b = ["algo-1", "algo-2", "algo-3"], b"a", b"b"
    digests = {"training": [a, a, b, b, b, b], "validation": [a] * 6, "model": [a] * 6}
    check_equal(digests, {"training"}, hosts)
    with pytest.raises(DataError, match="The `training` channel of algo-2, algo-3 has other data than that of algo-1"):
        check_equal(digests, {"validation"}, hosts)
