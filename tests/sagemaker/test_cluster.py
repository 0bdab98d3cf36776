import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seriesbox.errors import DataError, UserError
from seriesbox.sagemaker import cluster as module
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.paths import Paths

HOSTS = ["127.0.0.2", "127.0.0.1", "127.0.0.3"]  # every one of them this machine


@pytest.fixture
def host(job, monkeypatch):
    """A host's view of a job of three."""
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    monkeypatch.setattr(module, "PORT", job.port)

    def host(name):
        (job.config / "resourceconfig.json").write_text(json.dumps({"current_host": name, "hosts": HOSTS}))
        return Cluster(Paths())

    return host


def test_the_first_host_by_name_trains(host):
    assert [host(name).is_first for name in HOSTS] == [False, True, False]


def test_the_others_return_once_the_first_has_saved(host):
    saved = threading.Event()
    first, others = host(HOSTS[1]), [host(HOSTS[0]), host(HOSTS[2])]

    def wait(other):
        other.wait()
        return saved.is_set()

    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(wait, other) for other in others]  # before there is anybody to reach
        with first.others_waiting():
            saved.set()
        assert [each.result(timeout=30) for each in waiting] == [True, True]


def test_the_others_fail_with_the_first_hosts_reason(host):
    first, others = host(HOSTS[1]), [host(HOSTS[0]), host(HOSTS[2])]
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(other.wait) for other in others]
        with pytest.raises(DataError), first.others_waiting():
            raise DataError("Row 3 is empty.")
        for each in waiting:
            with pytest.raises(UserError, match=r"^127\.0\.0\.1: Row 3 is empty\.$"):
                each.result(timeout=30)


def test_a_first_host_that_dies_is_noticed(host):
    other = host(HOSTS[0])
    with ThreadPoolExecutor() as threads, module.socket.create_server(("", module.PORT)) as first:
        waiting = threads.submit(other.wait)
        connection, _ = first.accept()
        connection.close()
        with pytest.raises(UserError, match="The host has gone"):
            waiting.result(timeout=30)


def test_a_first_host_that_never_comes_is_an_error(host, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_TO_START", 0)
    with pytest.raises(UserError, match=r"^127\.0\.0\.1 could not be reached within 0 s: "):
        host(HOSTS[0]).wait()


def test_data_in_parts_is_refused_when_there_are_several_hosts(host, job):
    channels = {"training": {"S3DistributionType": "ShardedByS3Key"}}
    (job.config / "inputdataconfig.json").write_text(json.dumps(channels))
    with pytest.raises(UserError, match=r"`training` is divided among 3 hosts .* take one instance"):
        host(HOSTS[0])


def test_one_host_alone_waits_for_nobody(job, monkeypatch):
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    with Cluster(Paths()).others_waiting():
        pass
