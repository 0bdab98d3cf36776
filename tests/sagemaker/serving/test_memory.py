"""The memory that requests and models share."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from seriesbox.sagemaker.serving import memory
from seriesbox.sagemaker.serving.memory import (
    COMPUTE,
    MEMORY_PER_BYTE,
    MIN_FREE,
    READ,
    SMALL,
    Memory,
    NoMemoryError,
    Reservation,
)

MB = 1_000_000
HEADERS = {"Content-Type": "text/csv"}


def test_a_request_that_can_never_fit_is_refused_and_a_small_one_is_not_counted():
    with ExitStack() as held:
        reservation = Reservation(Memory(0), held)
        reservation.grow(COMPUTE, SMALL)
        with pytest.raises(RequestEntityTooLarge, match=r"2\.0 MB may need 24\.0 MB of memory, and .* has 0\.0 MB"):
            reservation.grow(COMPUTE, 2 * MB)


def test_a_request_waits_for_memory_that_others_hold_but_not_for_ever(monkeypatch):
    shared = Memory(4 * MB * MEMORY_PER_BYTE)
    with ThreadPoolExecutor() as pool, ExitStack() as second:
        with ExitStack() as first:
            Reservation(shared, first).grow(COMPUTE, 3 * MB)
            waiting = pool.submit(Reservation(shared, second).grow, COMPUTE, 2 * MB)
            assert not Event().wait(0.1)
            assert not waiting.done()
        waiting.result(timeout=10)
        monkeypatch.setattr(memory, "SECONDS_TO_WAIT", 0.1)
        with ExitStack() as third, pytest.raises(ServiceUnavailable, match="try again later"):
            Reservation(shared, third).grow(COMPUTE, 3 * MB)


def test_a_request_holds_what_its_largest_size_needs():
    shared = Memory(4 * MB * MEMORY_PER_BYTE)
    with ExitStack() as first, ExitStack() as second:
        growing = Reservation(shared, first)
        for size in (MB, 2 * MB, 3 * MB, 2 * MB):
            growing.grow(COMPUTE, size)
        Reservation(shared, second).grow(COMPUTE, MB)


def test_a_client_that_announces_much_and_sends_little_holds_little():
    shared = Memory(40 * MB * MEMORY_PER_BYTE)
    with ExitStack() as slow, ExitStack() as other:
        stalled = Reservation(shared, slow)
        stalled.grow(READ, 2 * MB)
        Reservation(shared, other).grow(READ, 38 * MB)
        Reservation(shared, other).grow(COMPUTE, 40 * MB)


def test_requests_that_are_all_read_are_computed_one_after_the_other(monkeypatch):
    monkeypatch.setattr(memory, "SECONDS_TO_WAIT", 10)
    shared, done = Memory(60 * MB), []

    def answer(number):
        with ExitStack() as held:
            reserved = Reservation(shared, held)
            for size in (MB, 2 * MB, 4 * MB):
                reserved.grow(READ, size)
            reserved.grow(COMPUTE, 4 * MB)
            done.append(number)

    with ThreadPoolExecutor() as pool:
        for each in [pool.submit(answer, number) for number in range(5)]:
            each.result()
    assert sorted(done) == list(range(5))


def test_models_and_requests_never_have_the_same_memory():
    shared = Memory(MIN_FREE + 300 * MB)
    with ExitStack() as held:
        Reservation(shared, held).grow(COMPUTE, 40 * MB)  # 400 MB: more than models must leave
        with pytest.raises(NoMemoryError, match=r"The model 'a' needs 200\.0 MB, and 168\.4 MB are free"):
            shared.reserve_for_model("a", 200 * MB)
    shared.reserve_for_model("a", 300 * MB)
    with ExitStack() as held, pytest.raises(RequestEntityTooLarge):
        Reservation(shared, held).grow(COMPUTE, 40 * MB)
    shared.release_model("a")
    with ExitStack() as held:
        Reservation(shared, held).grow(COMPUTE, 40 * MB)


SMALL_MACHINE = """
from seriesbox.sagemaker.serving import command, server
server.memory_limit = lambda: server.resident_memory() + 20_000_000
command.main()
"""


def test_a_server_refuses_what_does_not_fit_its_memory_however_it_is_sent(serving, one_column):
    with serving(one_column, [sys.executable, "-c", SMALL_MACHINE]) as server:
        large = b"1\n" * 2_000_000
        for body in (large, iter([large])):
            answer = server.request("POST", "/invocations", body, HEADERS)
            assert answer.status == 413
            assert "and the server has 20.0 MB for requests: send fewer rows at a time, or take" in answer.message
        assert server.post(b"1\n" * 500_000, "text/csv").status == 200
