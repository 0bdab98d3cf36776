"""A running `serve`, and what it answers."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from seriesbox.tables.csv import parse_csv
from seriesbox.tables.table import Cells


@dataclass
class Answer:
    """The answer to one request."""

    status: int
    headers: Message
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers["Content-Type"]

    @property
    def values(self) -> Cells:
        """The numbers of a successful answer in CSV."""
        assert self.status == 200, self.body
        return parse_csv(self.body, "the answer").values

    @property
    def message(self) -> str:
        """The message of an error, which must be one short line of JSON."""
        assert self.content_type == "application/json"
        assert self.body.count(b"\n") == 1
        assert len(self.body) < 1024
        error = json.loads(self.body)
        assert set(error) == {"error", "message", "request_id"}
        return error["message"]


class Server:
    """A running `serve`, spoken to over HTTP."""

    def __init__(self, port: int, log: Path, process: subprocess.Popen[bytes]):
        self.port = port
        self.log = log
        self.process = process

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, body: bytes, content_type: str = "text/csv", accept: str = "*/*") -> Answer:
        return self.request("POST", "/invocations", body, {"Content-Type": content_type, "Accept": accept})

    def request(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and return the answer. An iterator of parts is sent chunked."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {}, encode_chunked=True)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    @contextmanager
    def half_sent(self, body: bytes) -> Iterator[Callable[[], int]]:
        """Send a request up to its body, and yield what sends that and returns the status."""
        head = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nConnection: close\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
            interim = b"HTTP/1.1 100 Continue\r\n\r\n"
            assert connection.recv(len(interim)) == interim

            def send_body() -> int:
                connection.sendall(body)
                return int(b"".join(iter(lambda: connection.recv(65536), b"")).split()[1])

            yield send_body

    def lines(self, event: str, at_least: int = 0, **fields: Any) -> list[dict[str, Any]]:
        """Return the log's events with these fields, once there are n of them: a request's line follows its answer."""
        while True:
            lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
            wanted = [line for line in lines if {"event": event, **fields}.items() <= line.items()]
            if len(wanted) >= at_least:
                return wanted
            time.sleep(0.01)


@contextmanager
def running(command: Sequence[str | Path], environment: Mapping[str, str], port: int, log: Path) -> Iterator[Server]:
    """Yield a server that answers pings, and stop it with all that it has started."""
    with log.open("w") as stream:
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream, process_group=0)
    server = Server(port, log, process)
    try:
        _wait_for_ping(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for_ping(server: Server) -> None:
    for _ in range(3000):
        if server.process.poll() is not None:
            pytest.fail(f"serve ended with {server.process.returncode}: {server.log.read_text()}")
        with suppress(ConnectionError):
            server.get("/ping")
            return
        time.sleep(0.02)
