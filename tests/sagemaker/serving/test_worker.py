"""Workers: several at once, and ones that die."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest

from seriesbox.sagemaker.machine import usable_cores
from seriesbox.tables.csv import write_csv
from tests.clients import ask_until


def test_a_killed_worker_is_replaced_and_only_the_requests_it_had_are_lost(serving, one_column):
    done = Event()
    with serving(one_column) as server, ThreadPoolExecutor() as pool, ExitStack() as stack:
        in_flight = [stack.enter_context(server.half_sent(b"1,2\n")) for _ in range(3)]
        clients = [
            pool.submit(ask_until, server, lambda outcomes: done.is_set() and outcomes[-1:] == [200]) for _ in range(4)
        ]
        try:
            worker = server.lines("start")[0]["process"]
            server.lines("request", at_least=20)
            os.kill(worker, signal.SIGKILL)
            for send_body in in_flight:
                with pytest.raises((ConnectionError, IndexError)):
                    send_body()
            assert server.lines("start", at_least=2)[1]["process"] != worker
        finally:
            done.set()
        for client in clients:
            outcomes = client.result()
            assert set(outcomes) <= {200, "lost"}
            assert outcomes.count("lost") <= 1  # the one it was waiting for
        assert [server.post(b"1\n2\n3\n").status for _ in range(20)] == [200] * 20
        assert len(server.lines("start")) == 2


def test_several_workers_answer_as_one_does(serving, cnn, cnn_server, two_shapes):
    body = write_csv(two_shapes[0].values)
    expected = cnn_server.post(body).body
    with serving(cnn, SAGEMAKER_MODEL_SERVER_WORKERS="2") as server:
        started = server.lines("start", at_least=min(2, usable_cores()))
        assert len({line["process"] for line in started}) == len(started)
        assert [server.post(body).body for _ in range(10)] == [expected] * 10
