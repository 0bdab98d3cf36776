"""Clients of a soak test that stall wherever a client can, and one that asks all the while if the server is well."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPException
from socket import create_connection

from benchmarks.server import RunningServer
from stress.soak_clients import Request

PAUSE = 0.5  # seconds between two bytes
PING_PAUSE = 0.1
SILENT_CONNECTIONS = 300
LINE = b"POST /invocations HTTP/1.1\r\n"
IN_THE_HEAD = LINE + b"X: "
IN_THE_BODY = LINE + b"Host: x\r\nContent-Type: text/csv\r\nContent-Length: 2000000\r\n\r\n"
MANNERS = {  # and how many clients have each
    "stalls in the head": 12,
    "stalls in the body": 12,
    "stalls while reading": 2,
    "is silent": 1,
}


def run_staller(server: RunningServer, manner: str, large: Request, end: float) -> None:
    """Stall in one manner, again and again, until the clock is at `end`.

    large: a request whose answer is more than the system's buffers hold.
    """
    head = LINE + b"".join(f"{name}: {value}\r\n".encode() for name, value in large.headers.items())
    whole = head + b"Host: x\r\nContent-Length: %d\r\n\r\n" % len(large.body) + large.body
    begun = {"stalls in the head": IN_THE_HEAD, "stalls in the body": IN_THE_BODY, "stalls while reading": whole}
    while time.monotonic() < end:
        with suppress(OSError), ExitStack() as stack:
            for _ in range(SILENT_CONNECTIONS if manner == "is silent" else 1):
                connection = stack.enter_context(create_connection(("127.0.0.1", server.port), timeout=60))
            connection.sendall(begun.get(manner, b""))
            while time.monotonic() < end:
                time.sleep(PAUSE)
                if manner == "stalls while reading":
                    if not connection.recv(1):
                        break
                elif manner != "is silent":
                    connection.sendall(b"1")


def run_pings(server: RunningServer, end: float) -> Iterator[float]:
    """Ping until the clock is at `end`. Yields the seconds that each takes, infinity if it is not answered."""
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            with closing(server.connect()) as connection:
                connection.request("GET", "/ping")
                answered = connection.getresponse().status == 200
        except (OSError, HTTPException):
            answered = False
        yield time.monotonic() - started if answered else float("inf")
        time.sleep(PING_PAUSE)
