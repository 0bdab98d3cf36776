"""The limits of a server on requests at once. A request acquires slots, and releases them once it is answered."""

from contextlib import ExitStack
from threading import BoundedSemaphore

from werkzeug.exceptions import ServiceUnavailable

from seriesbox.sagemaker.serving.settings import ServerSettings

LARGE_AT_ONCE = 4  # requests of more than a megabyte, so that a full queue of them does not take all memory


class Slots:
    """The slots of a server: for all requests, for large ones, and for chunks that are predicted."""

    def __init__(self, settings: ServerSettings) -> None:
        self.size = settings.queue
        self.predicting = BoundedSemaphore(max(1, settings.cores // settings.threads))
        self._queue = BoundedSemaphore(settings.queue)
        self._large = BoundedSemaphore(LARGE_AT_ONCE)

    def acquire(self, held: ExitStack) -> None:
        """Take a slot, which `held` releases when it is closed. Raises ServiceUnavailable if none is free."""
        if not self._queue.acquire(blocking=False):
            raise ServiceUnavailable(f"{self.size} requests are being answered or waiting: try again later.")
        held.callback(self._queue.release)

    def acquire_large(self, held: ExitStack) -> None:
        """Wait for the slot of a large request, and take it."""
        held.enter_context(self._large)
