"""Clients that stall at every point of a request: none keeps the others waiting, and each is hung up on."""

import socket
import sys
from contextlib import ExitStack

import pytest

from tests.clients import CSV, HEAD, LONG_BODY, connect

CLIENTS = 80  # more than there are threads
PING = b"GET /ping HTTP/1.1\r\nHost: x\r\n"
SILENT = b""
IN_THE_HEAD = HEAD
IN_THE_BODY = HEAD + b"Content-Length: 2000000\r\n\r\n1,"
IN_A_CHUNK = HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n1,"
IN_THE_BODY_OF_A_PING = PING + b"Content-Length: 9\r\n\r\n"
AFTER_A_REQUEST = PING + b"\r\n" + HEAD

IMPATIENT = """
from seriesbox.sagemaker.serving import command, connection, server, waiting
connection.SECONDS_BEHIND = waiting.SECONDS[waiting.Stage.HEAD] = waiting.SECONDS[waiting.Stage.ANSWER] = 1
server.MAX_WAITING = 100
command.main()
"""


@pytest.fixture(scope="module")
def server(serving, one_column):
    """A server that waits for a second only, and has room for 164 connections."""
    with serving(one_column, [sys.executable, "-c", IMPATIENT]) as server:
        yield server


@pytest.mark.parametrize(
    "begun", [SILENT, IN_THE_HEAD, IN_THE_BODY, IN_A_CHUNK, IN_THE_BODY_OF_A_PING, AFTER_A_REQUEST]
)
def test_pings_are_answered_while_clients_stall(server, begun):
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(connect(server)).sendall(begun)
            assert server.get("/ping").status == 200


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        (IN_THE_HEAD, b"HTTP/1.1 408 "),
        (IN_THE_HEAD + b"X: " + b"x" * 70_000, b"HTTP/1.1 431 "),
        (IN_THE_BODY, b"HTTP/1.1 408 "),
        (IN_A_CHUNK, b"HTTP/1.1 408 "),
    ],
)
def test_clients_that_stall_are_hung_up_on_even_if_they_send_a_byte_now_and_then(server, begun, answer):
    with connect(server) as connection:
        connection.sendall(begun)
        connection.settimeout(0.2)
        for _ in range(60):
            try:
                received = connection.recv(13)
                break
            except TimeoutError:
                connection.sendall(b"1")
        assert received == answer


def test_clients_that_stall_do_not_hold_the_slots_for_long(server):
    with ExitStack() as stack:
        stalled = [stack.enter_context(connect(server)) for _ in range(CLIENTS)]
        for connection in stalled:
            connection.sendall(IN_THE_BODY)
        assert {connection.recv(13) for connection in stalled} == {b"HTTP/1.1 408 ", b"HTTP/1.1 503 "}
        assert server.post(b"1\n2\n3\n").status == 200


@pytest.mark.parametrize("begun", [SILENT, IN_THE_HEAD])
def test_of_too_many_connections_that_say_nothing_the_oldest_give_way(server, begun):
    with ExitStack() as stack:
        stalled = []
        for _ in range(300):
            stalled.append(stack.enter_context(connect(server)))
            stalled[-1].sendall(begun)
        assert server.get("/ping").status == 200
        assert stalled[0].recv(1) == b""
        stalled[-1].sendall(b"\r\n" if begun else PING + b"\r\n")
        assert stalled[-1].recv(9) == b"HTTP/1.1 "


def test_a_client_that_does_not_take_its_answer_is_hung_up_on(server):
    with connect(server) as connection:
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(LONG_BODY) + LONG_BODY)
        server.lines("warning", at_least=1)
        assert server.post(b"1\n2\n3\n").status == 200
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert len(body) < int(head.split(b"Content-Length: ")[1].split()[0])


def test_a_slow_but_honest_client_is_answered(server):
    body = b"1\n" * 1000
    with connect(server) as connection:
        connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        connection.settimeout(0.05)
        for first in range(0, len(body), 500):
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.sendall(body[first : first + 500])
        connection.settimeout(60)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.endswith(server.post(body).body)


def test_requests_that_come_in_one_piece_are_answered_in_turn(server):
    post = HEAD + b"Content-Length: 6\r\n\r\n1\n2\n3\n"
    with connect(server) as connection:
        connection.sendall(PING + b"\r\n" + post + PING + b"\r\n" + post)
        connection.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 200 ") == 4
    assert answers.endswith(server.request("POST", "/invocations", b"1\n2\n3\n", CSV).body)


def test_clients_that_do_not_close_their_side_keep_nobody_waiting(server):
    with ExitStack() as stack:
        for _ in range(50):
            connection = stack.enter_context(connect(server))
            connection.sendall(b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert server.get("/ping").status == 200
