"""Where the hosts of one training talk: a store that the first of them keeps, and to which the others connect.

What one has to say to all is a key there: that it is asked to stop, or why it failed. The first reason counts for all.
"""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import torch.distributed as dist

from seriesbox.errors import STOPPED_EARLY, UserError
from seriesbox.sagemaker.reason import reason

PORT = 29400
SECONDS_TO_START = 600  # that one host may be later than another: images are pulled, names come late
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_BE_HEARD = 5  # by those who have come
SECONDS_TO_COME = 50  # for the others, where there is nothing more to do than to tell them why
SECONDS_TO_STOP = 2  # all this may take where a kill is near
HERE, LEFT, STOP, CAUSE = "seriesbox/here", "seriesbox/left", "seriesbox/stop", "seriesbox/cause"


class Meeting:
    """A context that begins when all hosts are there, and that an error ends for all of them.

    Raises UserError: that error's reason, or the one that another host has given before.
    """

    def __init__(self, hosts: Sequence[str], current: str, stopped: Callable[[], bool] = lambda: False) -> None:
        self.hosts = hosts
        self.stopped = stopped
        self.first = current == hosts[0]
        self._store: Any = None
        self._wait(f"{hosts[0]}, the first host,", self._reachable)
        wait = timedelta(seconds=SECONDS_TO_BE_HEARD)
        self._store = dist.TCPStore(hosts[0], PORT, None, self.first, timeout=wait, wait_for_workers=False)  # type: ignore[attr-defined]
        self._store.add(HERE, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cause = self.tell(reason(error)) if error else None
        with suppress(RuntimeError):  # the first host may be gone
            self._store.add(LEFT, 1)
            self._linger()
        if cause:
            raise UserError(cause) from None

    def wait_for_all(self) -> None:
        """Return when every host is there."""
        self._wait("Another host", lambda: self._store.add(HERE, 0) == len(self.hosts))

    def stop(self) -> None:
        """Ask all hosts to stop."""
        with suppress(RuntimeError):
            self._store.set(STOP, "")

    def tell(self, cause: str) -> str:
        """Say why this host failed. Returns the reason that was the first."""
        with suppress(RuntimeError):
            return str(self._store.compare_set(CAUSE, "", cause).decode())
        return cause

    def listen(self) -> bool:
        """Whether a host was asked to stop. Raises UserError where one has failed."""
        try:
            stopping = bool(self._store.check([STOP]))
            cause = self._store.get(CAUSE).decode() if self._store.check([CAUSE]) else None
        except RuntimeError:
            cause = f"The first host, {self.hosts[0]}, ended, and its log says why."
        if cause:
            raise UserError(cause)
        return stopping

    def _reachable(self) -> bool:
        with suppress(OSError):
            if self.first:
                return bool(socket.getaddrinfo(self.hosts[0], PORT))
            with socket.create_connection((self.hosts[0], PORT), timeout=1):
                return True
        return False

    def _wait(self, for_whom: str, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        if until():
            return
        print(f"{for_whom} is not there yet.", flush=True)
        while not until():
            if self.stopped():
                raise UserError(STOPPED_EARLY)
            if self._store:
                self.listen()
            if time.monotonic() > deadline:
                raise UserError(f"{for_whom} did not come within {SECONDS_TO_START} s: its log may say why.")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _linger(self) -> None:
        """The store goes with the first host: not before the others have left, or could have heard."""
        everyone = self._store.add(HERE, 0) == len(self.hosts)
        seconds = SECONDS_TO_BE_HEARD if everyone else SECONDS_TO_COME
        deadline = time.monotonic() + (SECONDS_TO_STOP if self.stopped() else seconds)
        while self.first and self._store.add(LEFT, 0) < len(self.hosts) and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
