"""How many requests there may be at once: a request takes its places, and gives them back when it is answered."""

from contextlib import ExitStack
from threading import BoundedSemaphore

from werkzeug.exceptions import ServiceUnavailable

from seriesbox.sagemaker.serving.settings import Settings

LARGE_AT_ONCE = 4  # requests of more than a megabyte, so that a full queue of them does not take all memory


class Room:
    """The places of a server: for requests in all, for large ones, and for chunks that are predicted."""

    def __init__(self, settings: Settings) -> None:
        self.size = settings.queue
        self.predicting = BoundedSemaphore(max(1, settings.cores // settings.threads))
        self._queue = BoundedSemaphore(settings.queue)
        self._large = BoundedSemaphore(LARGE_AT_ONCE)

    def enter(self, places: ExitStack) -> None:
        """Take a place. Raises ServiceUnavailable if there is none."""
        if not self._queue.acquire(blocking=False):
            raise ServiceUnavailable(f"{self.size} requests are being answered or waiting: try again later.")
        places.callback(self._queue.release)

    def enter_large(self, places: ExitStack) -> None:
        """Wait for a place of a large request, and take it."""
        places.enter_context(self._large)
