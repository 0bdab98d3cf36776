"""The real server, as a process of its own, and requests to it."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.container import serve


class RunningServer:
    """A running server."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log

    def connect(self) -> HTTPConnection:
        """Return a connection for one client."""
        return HTTPConnection("127.0.0.1", self.port, timeout=600)

    def megabytes(self) -> tuple[int, int]:
        """Return the memory that the first worker holds, and its peak. Raises OSError if the worker has ended."""
        start = next(line for line in self.lines() if line["event"] == "start")
        status = Path(f"/proc/{start['process']}/status").read_text().splitlines()
        now, peak = (next(line for line in status if line.startswith(key)).split()[1] for key in ("VmRSS", "VmHWM"))
        return int(now) // 1024, int(peak) // 1024

    def memory(self) -> str:
        """Return the same as text."""
        now, peak = self.megabytes()
        return f"{now} MB, peak {peak} MB"

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the events of its log. They are read one at a time, because the log of a long run is long."""
        with self.log.open() as log:
            yield from (json.loads(line) for line in log if line.startswith("{"))


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[tuple[RunningServer, float]]:
    """Serve the model in `folder`/model. Yield the server, and the seconds from its start to its first 200."""
    log = folder / "serve.log"
    started = time.perf_counter()
    with serve(folder, log, **environment) as url:
        seconds = time.perf_counter() - started
        port = urlsplit(url).port
        assert port
        yield RunningServer(port, log), seconds


def invoke(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: bytes = b"",
    accept: str = "text/csv",
    content_type: str = "text/csv",
) -> int:
    """Send a request and return the number of bytes of the answer. Exits if its status is not 200."""
    connection.request(method, path, body, {"Content-Type": content_type, "Accept": accept})
    response = connection.getresponse()
    size = 0
    while part := response.read(1 << 20):
        size += len(part)
    if response.status != 200:
        sys.exit(f"{method} {path} was answered by {response.status}.")
    return size
