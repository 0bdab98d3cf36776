"""The limits of a server on requests at once. A request acquires a slot, and releases it once it is computed."""

from contextlib import ExitStack
from threading import BoundedSemaphore

from werkzeug.exceptions import ServiceUnavailable

from seriesbox.sagemaker.serving.settings import ServerSettings


class Slots:
    """The slots of a server: for all requests, and for chunks that are predicted."""

    def __init__(self, settings: ServerSettings) -> None:
        self.size = settings.queue
        at_once = 1 if settings.gpu else max(1, settings.cores // settings.threads)  # one fills a GPU, and its memory
        self.predicting = BoundedSemaphore(at_once)
        self._queue = BoundedSemaphore(settings.queue)

    def acquire(self, held: ExitStack) -> None:
        """Take a slot, which `held` releases when it is closed. Raises ServiceUnavailable if none is free."""
        if not self._queue.acquire(blocking=False):
            raise ServiceUnavailable(f"{self.size} requests are being answered or waiting: try again later.")
        held.callback(self._queue.release)
