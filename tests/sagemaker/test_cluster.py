import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seriesbox.errors import DataError, UserError
from seriesbox.sagemaker import cluster as module
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.paths import Paths

HOSTS = ["127.0.0.2", "127.0.0.1", "127.0.0.3"]  # every one of them this machine


def never() -> bool:
    return False


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
        other.wait(other.reach_first())
        return saved.is_set()

    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(wait, other) for other in others]  # before there is anybody to reach
        with first.others_waiting(never):
            saved.set()
        assert [each.result(timeout=30) for each in waiting] == [True, True]


def test_the_others_fail_with_the_first_hosts_reason(host):
    first, others = host(HOSTS[1]), [host(HOSTS[0]), host(HOSTS[2])]
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(lambda each: each.wait(each.reach_first()), other) for other in others]
        with pytest.raises(DataError), first.others_waiting(never):
            raise DataError("Row 3 is empty.")
        for each in waiting:
            with pytest.raises(UserError, match=r"^127\.0\.0\.1: Row 3 is empty\.$"):
                each.result(timeout=30)


def test_a_first_host_that_dies_is_noticed(host):
    other = host(HOSTS[0])
    with ThreadPoolExecutor() as threads, module.socket.create_server(("", module.PORT)) as first:
        waiting = threads.submit(lambda: other.wait(other.reach_first()))
        connection, _ = first.accept()
        connection.close()
        with pytest.raises(UserError, match="The host has gone"):
            waiting.result(timeout=30)


def test_a_first_host_that_never_comes_is_an_error(host, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_TO_START", 0)
    with pytest.raises(UserError, match=r"^127\.0\.0\.1 could not be reached within 0 s: "):
        host(HOSTS[0]).reach_first()


def test_a_stranger_who_connects_is_not_taken_for_a_host(host):
    first, others = host(HOSTS[1]), [host(HOSTS[0]), host(HOSTS[2])]
    with ThreadPoolExecutor() as threads:
        with first.others_waiting(never):
            strangers = [module.socket.create_connection((HOSTS[1], module.PORT)) for _ in range(2)]
            for stranger in strangers:
                stranger.sendall(b"GET / HTTP/1.1\n")
            waiting = [threads.submit(lambda each: each.wait(each.reach_first()), other) for other in others]
        for each in waiting:
            each.result(timeout=30)
        for stranger in strangers:
            stranger.close()


def test_who_does_not_come_is_not_waited_for_when_the_job_is_stopped(host, capsys):
    with host(HOSTS[1]).others_waiting(lambda: True):
        pass
    assert capsys.readouterr().out == "127.0.0.2, 127.0.0.3 did not come.\n"


def test_data_in_parts_is_refused_when_there_are_several_hosts(host, job):
    channels = {"training": {"S3DistributionType": "ShardedByS3Key"}}
    (job.config / "inputdataconfig.json").write_text(json.dumps(channels))
    with pytest.raises(UserError, match=r"`training` is divided among 3 hosts .* take one instance"):
        host(HOSTS[0])


def test_one_host_alone_waits_for_nobody(job, monkeypatch):
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    with Cluster(Paths()).others_waiting(never):
        pass
