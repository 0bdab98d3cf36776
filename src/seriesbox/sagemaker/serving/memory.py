"""The memory of a server, which models and large requests share. Each reserves what it may need at most."""

from contextlib import ExitStack
from threading import Condition

from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from seriesbox.tables.lines import MEMORY_PER_BYTE

READ = 2  # bytes of memory for each byte of a request while it is read
COMPUTE = MEMORY_PER_BYTE - READ  # more while it is computed
SMALL = 1 << 20  # bytes of a request that is computed however little memory there is, if alone
SECONDS_TO_WAIT = 30  # for memory that other requests hold
MIN_FREE = 256 << 20  # bytes that models leave to requests


class NoMemoryError(Exception):
    """The model does not fit into memory beside the others."""


class Memory:
    """The memory for models and requests.

    Requests hold one part of theirs while they are read, and another while they are computed: those that are read
    would wait for each other for ever if they could hold what is needed to compute one.

    size: the bytes for requests; each model takes its own off it.
    """

    def __init__(self, size: int) -> None:
        self.size = max(0, size)
        self._held = {READ: 0, COMPUTE: 0}
        self._models: dict[str, int] = {}
        self._changed = Condition()

    def reserve_for_model(self, name: str, size: int) -> None:
        """Reserve memory for a model. Raises NoMemoryError."""
        with self._changed:
            free = self.size - max(sum(self._held.values()), MIN_FREE)
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
        needed = MEMORY_PER_BYTE * request_bytes
        if request_bytes > SMALL and needed > self.size:
            raise RequestEntityTooLarge(
                f"A request of {_megabytes(request_bytes)} may need {_megabytes(needed)} of memory, and the server has "
                f"{_megabytes(self.size)} for requests: send fewer rows at a time, or take an instance with more "
                "memory."
            )

    def resize(self, part: int, before: int, after: int) -> None:
        """Change what a request holds of a part. Raises ServiceUnavailable if others hold too much for too long."""

        def fits() -> bool:
            others = self._held[part] - before
            return after <= before or not others or others + after <= self.size * part // MEMORY_PER_BYTE

        with self._changed:
            if not self._changed.wait_for(fits, SECONDS_TO_WAIT):
                raise ServiceUnavailable("Other requests hold the memory that this one needs: try again later.")
            self._held[part] += after - before
            self._changed.notify_all()


class Reservation:
    """The memory of one request, until `held` is closed."""

    def __init__(self, memory: Memory, held: ExitStack) -> None:
        self._memory = memory
        self._sizes = {READ: 0, COMPUTE: 0}
        held.callback(self._release)

    def grow(self, part: int, request_bytes: int) -> None:
        """Hold the memory to read or to compute a request of this size, once there is enough.

        Raises RequestEntityTooLarge and ServiceUnavailable.
        """
        self._memory.check(request_bytes)
        if (needed := part * request_bytes) > self._sizes[part]:
            self._memory.resize(part, self._sizes[part], needed)
            self._sizes[part] = needed

    def _release(self) -> None:
        for part, size in self._sizes.items():
            self._memory.resize(part, size, 0)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 10**15 else "over a petabyte"
