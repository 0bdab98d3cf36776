"""Clients of a server, polite and otherwise."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException

from tests.server import Server

HEAD = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
CSV = {"Content-Type": "text/csv"}
LONG_ANSWER_ROWS = 60_000  # whose answer is more than the buffers of a connection hold
LONG_BODY = b"1\n" * LONG_ANSWER_ROWS


@contextmanager
def connect(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        yield connection


def reset_on_close(connection: socket.socket) -> None:
    """Let the connection be reset when it is closed, as it is if it lingers for no time."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def long_answer(server: Server) -> Iterator[Callable[[], bytes]]:
    """Ask for a long answer and read its head; yield what reads the rest."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("POST", "/invocations", LONG_BODY, CSV)
        response = connection.getresponse()
        assert response.status == 200
        yield response.read


def ask_until(server: Server, is_enough: Callable[[list[int | str]], bool]) -> list[int | str]:
    """Send one request after another; return the statuses, and `lost` for each broken connection."""
    outcomes: list[int | str] = []
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        while not is_enough(outcomes):
            try:
                connection.request("POST", "/invocations", b"1\n2\n3\n", CSV)
                response = connection.getresponse()
                response.read()
                outcomes.append(response.status)
            except (ConnectionError, HTTPException):
                outcomes.append("lost")
                connection.close()
    return outcomes
