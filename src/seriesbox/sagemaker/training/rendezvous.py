"""The rendezvous of the hosts of one training: a store that the first of them keeps, and to which the others connect.

A host informs the others by setting a key: that it was asked to stop, or why it failed. The first cause counts.
"""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import torch.distributed as dist

from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.sagemaker.training.failure import failure_text
from seriesbox.sagemaker.training.log import logger

PORT = 29400
SECONDS_TO_START = 600  # between two hosts: pulling images and resolving names takes time
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_LISTEN = 5  # in which hosts that have arrived learn of a failure
SECONDS_TO_ARRIVE = 50  # in which hosts must arrive to learn of a failure
SECONDS_TO_LEAVE = 2  # if this host was asked to stop: it will be killed soon
ARRIVED, LEFT, STOP, CAUSE = "seriesbox/arrived", "seriesbox/left", "seriesbox/stop", "seriesbox/cause"


class Rendezvous:
    """A context that begins when the first host is there, and that an error ends for all hosts.

    Raises UserError with the cause of that error, or the cause that another host has given before.
    """

    def __init__(self, hosts: Sequence[str], current: str, stopped: Callable[[], bool] = lambda: False) -> None:
        self.hosts = hosts
        self.stopped = stopped
        self.is_first = current == hosts[0]
        self._store: Any = None
        self._wait(f"{hosts[0]}, the first host,", self._is_reachable)
        wait = timedelta(seconds=SECONDS_TO_LISTEN)
        self._store = dist.TCPStore(hosts[0], PORT, None, self.is_first, timeout=wait, wait_for_workers=False)  # type: ignore[attr-defined]
        self._store.add(ARRIVED, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cause = self.fail(failure_text(error)) if error else None
        with suppress(RuntimeError):  # the first host may be gone
            self._store.add(LEFT, 1)
            self._keep_store()
        if cause:
            raise UserError(cause) from None

    def wait_for_all(self) -> None:
        """Return when every host has arrived. Raises UserError if one does not."""
        self._wait("Another host", lambda: self._store.add(ARRIVED, 0) == len(self.hosts))

    def stop(self) -> None:
        """Ask all hosts to stop."""
        with suppress(RuntimeError):
            self._store.set(STOP, "")

    def fail(self, cause: str) -> str:
        """Inform all hosts why this one failed. Returns the cause that was given first."""
        with suppress(RuntimeError):
            return str(self._store.compare_set(CAUSE, "", cause).decode())
        return cause

    def is_stopping(self) -> bool:
        """Return whether a host was asked to stop. Raises UserError if one has failed."""
        try:
            stopping = bool(self._store.check([STOP]))
            cause = self._store.get(CAUSE).decode() if self._store.check([CAUSE]) else None
        except RuntimeError:
            cause = f"The first host, {self.hosts[0]}, ended, and its log says why."
        if cause:
            raise UserError(cause)
        return stopping

    def _is_reachable(self) -> bool:
        with suppress(OSError):
            if self.is_first:
                return bool(socket.getaddrinfo(self.hosts[0], PORT))
            with socket.create_connection((self.hosts[0], PORT), timeout=1):
                return True
        return False

    def _wait(self, who: str, has_arrived: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        if has_arrived():
            return
        logger.info("%s is not there yet.", who)
        while not has_arrived():
            if self.stopped():
                raise UserError(STOPPED_BEFORE_TRAINING)
            if self._store:
                self.is_stopping()
            if time.monotonic() > deadline:
                raise UserError(f"{who} did not arrive within {SECONDS_TO_START} s: its log may say why.")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _keep_store(self) -> None:
        """Wait until the others have left, or had the time to read the cause: the store ends with the first host."""
        all_arrived = self._store.add(ARRIVED, 0) == len(self.hosts)
        seconds = SECONDS_TO_LISTEN if all_arrived else SECONDS_TO_ARRIVE
        deadline = time.monotonic() + (SECONDS_TO_LEAVE if self.stopped() else seconds)
        while self.is_first and self._store.add(LEFT, 0) < len(self.hosts) and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
