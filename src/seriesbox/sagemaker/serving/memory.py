"""The memory of a server, which models and large requests share. Each reserves what it may need at most."""

from contextlib import ExitStack
from threading import Condition

from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

MOST_PER_BYTE, WHILE_READ = 12, 2  # bytes of memory for each byte of a request that is computed, and that is read
SMALL = 1 << 20  # bytes of a request that reserves nothing
SECONDS_TO_WAIT = 30  # for memory that other requests hold
MIN_FREE = 256 << 20  # bytes that models leave to requests


class NoMemoryError(Exception):
    """The model does not fit into memory beside the others."""


class Memory:
    """The memory for models and requests.

    size: the bytes for requests; each model takes its own off it.
    """

    def __init__(self, size: int) -> None:
        self.size = max(0, size)
        self._requests = 0  # that is reserved by requests
        self._models: dict[str, int] = {}
        self._changed = Condition()

    def reserve_for_model(self, name: str, size: int) -> None:
        """Reserve memory for a model. Raises NoMemoryError."""
        with self._changed:
            free = self.size - max(self._requests, MIN_FREE)
            if size > free:
                raise NoMemoryError(
                    f"The model {name!r} needs {_megabytes(size)}, and {_megabytes(max(0, free))} are free: unload "
                    "another one."
                )
            self._models[name] = size
            self.size -= size

    def release_model(self, name: str) -> None:
        """Release what a model has reserved."""
        with self._changed:
            self.size += self._models.pop(name)
            self._changed.notify_all()

    def check(self, request_bytes: int) -> None:
        """Raise RequestEntityTooLarge if a request of this size can never be computed."""
        if needed_by(request_bytes) > self.size:
            raise RequestEntityTooLarge(
                f"A request of {_megabytes(request_bytes)} may need {_megabytes(needed_by(request_bytes))} of memory, "
                f"and the server has {_megabytes(self.size)} for requests: send fewer rows at a time, or take an "
                "instance with more memory."
            )

    def resize(self, before: int, after: int) -> None:
        """Change what a request has reserved. Raises ServiceUnavailable if others hold too much for too long."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: after <= before or self._requests - before + after <= self.size, SECONDS_TO_WAIT
            ):
                raise ServiceUnavailable("Other requests hold the memory that this one needs: try again later.")
            self._requests += after - before
            self._changed.notify_all()


class Reservation:
    """The memory of one request, which grows as the request is read, until `held` is closed."""

    def __init__(self, memory: Memory, held: ExitStack) -> None:
        self._memory = memory
        self._size = 0
        held.callback(lambda: memory.resize(self._size, 0))

    def check(self, request_bytes: int) -> None:
        """Raise RequestEntityTooLarge if a request of this size can never be computed."""
        self._memory.check(request_bytes)

    def receive(self, request_bytes: int) -> None:
        """Reserve memory for what is read of a request, once there is enough.

        A client that announces much and sends little must not hold what others need. Raises as `compute`.
        """
        self._memory.check(request_bytes)
        self._grow(needed_by(request_bytes) * WHILE_READ // MOST_PER_BYTE)

    def compute(self, request_bytes: int) -> None:
        """Reserve memory for a whole request, once there is enough.

        Raises RequestEntityTooLarge and ServiceUnavailable.
        """
        self._memory.check(request_bytes)
        self._grow(needed_by(request_bytes))

    def _grow(self, needed: int) -> None:
        if needed > self._size:
            self._memory.resize(self._size, needed)
            self._size = needed


def needed_by(request_bytes: int) -> int:
    """Return the memory for a request, in bytes; small ones are not counted."""
    return MOST_PER_BYTE * request_bytes if request_bytes > SMALL else 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
