"""Clients of a soak test: some are slow, some disconnect while they send or read."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import NamedTuple

from benchmarks.server import RunningServer

BODY_PARTS = 8  # of a body that is sent in parts
PAUSE = 0.05  # seconds before every part that a slow client sends or reads
MANNERS = ["plain"] * 12 + ["chunked"] * 4 + ["slow", "leaves while sending", "leaves while reading"]
AT_ONCE = ("plain", "leaves while reading")  # send the body at once
CLOSED = 0.2  # share of the requests after which a client closes its connection


class Request(NamedTuple):
    """A request, and the digest of its answer. One that is not valid has none."""

    body: bytes
    headers: dict[str, str]
    digest: bytes = b""


class RequestGroup(NamedTuple):
    """Requests of one size, or invalid ones, and how often they are sent."""

    weight: int
    requests: Sequence[Request]


class Outcome(NamedTuple):
    """The end of one request.

    kind: "valid", "invalid", or "left" if the client disconnected.
    result: the status, or what was wrong.
    milliseconds: of clients that were not slow themselves.
    """

    kind: str
    result: int | str
    milliseconds: float | None

    @property
    def is_fault(self) -> bool:
        """Return whether the request must not end like this."""
        if self.kind == "left":
            return False
        return self.result != 200 if self.kind == "valid" else self.result not in range(400, 500)


class DisconnectedError(Exception):
    """The client has disconnected on purpose."""


def ask(connection: HTTPConnection, request: Request, manner: str = "plain") -> tuple[int, bytes]:
    """Return the status and the digest of the answer. Raises DisconnectedError if the client does not wait for it."""
    length = {} if manner == "chunked" else {"Content-Length": str(len(request.body))}
    body = request.body if manner in AT_ONCE else _parts(request.body, manner)
    connection.request("POST", "/invocations", body, request.headers | length)
    response = connection.getresponse()
    digest = hashlib.sha256()
    while part := response.read(1 << 18):
        digest.update(part)
        if manner == "leaves while reading":
            raise DisconnectedError
        if manner == "slow":
            time.sleep(PAUSE)
    return response.status, digest.digest()


def run_client(server: RunningServer, groups: Sequence[RequestGroup], end: float, random: Random) -> Iterator[Outcome]:
    """Send requests of random groups, in a random manner, until the clock is at `end`. Yields what becomes of each."""
    weights = [group.weight for group in groups]
    with closing(server.connect()) as connection:
        while time.monotonic() < end:
            (group,) = random.choices(groups, weights)
            request, manner = random.choice(group.requests), random.choice(MANNERS)
            kind = "valid" if request.digest else "invalid"
            result: int | str
            started = time.perf_counter()
            try:
                result, digest = ask(connection, request, manner)
                if result == 200 and digest != request.digest:
                    result = "another answer"
            except DisconnectedError:
                kind, result = "left", "left"
            except (OSError, HTTPException) as error:
                result = f"no answer: {type(error).__name__}"
            milliseconds = 1000 * (time.perf_counter() - started)
            yield Outcome(kind, result, None if manner == "slow" else milliseconds)
            if isinstance(result, str) or random.random() < CLOSED:
                connection.close()  # the next request opens it again


def _parts(body: bytes, manner: str) -> Iterator[bytes]:
    """Yield the body as a client of this manner sends it."""
    size = len(body) // BODY_PARTS + 1
    for first in range(0, len(body), size):
        if manner == "slow":
            time.sleep(PAUSE)
        if manner == "leaves while sending" and first >= len(body) // 2:
            raise DisconnectedError
        yield body[first : first + size]
