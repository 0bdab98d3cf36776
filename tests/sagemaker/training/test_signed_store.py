"""Texts in the hosts' store count only if a host of the job has signed them."""

from datetime import timedelta

import pytest
import torch.distributed as dist

from seriesbox.sagemaker.training.signed_store import SignedStore, job_secret


@pytest.fixture
def store():
    return dist.TCPStore("127.0.0.1", 0, None, True, timeout=timedelta(seconds=5), wait_for_workers=False)


@pytest.fixture
def host(store):
    return SignedStore(store, b"secret")


@pytest.mark.parametrize("text", ["", "Why, größer than ever"])
def test_hosts_read_what_they_leave_for_each_other(store, host, text):
    assert host.get("stop") is None
    SignedStore(store, b"secret").set("stop", text)
    assert host.get("stop") == text


@pytest.mark.parametrize("forged", [b"", b"a", b"0" * 64 + b"a", bytes(range(256)), b"\xff" * 100])
def test_what_a_stranger_leaves_is_not_there_and_does_not_stay(store, host, forged):
    host.set_once("cause", "")
    (listed,) = store.list_keys()
    store.set(listed, forged)
    assert host.get("cause") is None
    assert host.set_once("cause", "why") == "why"
    assert host.get("cause") == "why"


def test_a_stranger_who_knows_the_names_of_the_texts_cannot_find_them(store, host):
    host.set("stop", "a")
    for name in ("stop", "cause"):
        store.set(name, "b")
        SignedStore(store, b"guessed").set(name, "b")
    assert (host.get("stop"), host.get("cause")) == ("a", None)


def test_a_text_that_is_moved_to_another_name_is_not_there(store, host):
    host.set("left/algo-1", "a")
    (listed,) = store.list_keys()
    assert host.get("left/algo-2") is None
    (other,) = set(store.list_keys()) - {listed}
    store.set(other, store.get(listed))
    assert host.get("left/algo-2") is None


def test_the_first_cause_counts(host):
    assert host.set_once("cause", "first") == "first"
    assert host.set_once("cause", "second") == "first"


@pytest.mark.parametrize("variable", ["TRAINING_JOB_ARN", "TRAINING_JOB_NAME", "SERIESBOX_SECRET"])
def test_the_secret_is_of_what_the_hosts_are_given(monkeypatch, variable):
    before = job_secret(["algo-1", "algo-2"])
    assert before == job_secret(["algo-1", "algo-2"]) != job_secret(["algo-1"])
    monkeypatch.setenv(variable, "other")
    assert before != job_secret(["algo-1", "algo-2"])
