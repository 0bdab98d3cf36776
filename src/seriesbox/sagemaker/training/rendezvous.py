"""The rendezvous of the hosts of one training: a store that the first of them keeps, and to which the others connect.

A host informs the others by a text in the store: that it has arrived, and with which settings; that it was asked to
stop; why it failed, of which the first cause counts; and that it has left. Anybody can connect, so texts are signed.
"""

import hashlib
import json
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

import torch.distributed as dist

from seriesbox.errors import STOPPED_BEFORE_TRAINING, UserError
from seriesbox.sagemaker.training.failure import failure_text
from seriesbox.sagemaker.training.host_settings import HostSettings, difference
from seriesbox.sagemaker.training.log import logger
from seriesbox.sagemaker.training.signed_store import SignedStore, job_secret

PORT = 29400
SECONDS_TO_START = 600  # between two hosts: pulling images and resolving names takes time
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_LISTEN = 5  # in which hosts that have arrived learn of a failure
SECONDS_TO_ARRIVE = 50  # in which hosts must arrive to learn of a failure
SECONDS_TO_LEAVE = 2  # if this host was asked to stop: it will be killed soon
ARRIVED, LEFT, STOP, CAUSE = "arrived", "left", "stop", "cause"


class Rendezvous:
    """A context that begins when the first host is there, and that an error ends for all hosts.

    meeting: a text that all hosts that have met share, and that differs each time, even if the job is the same.
    Raises UserError with the cause of that error, or the cause that another host has given before.
    """

    def __init__(self, hosts: Sequence[str], current: str, stopped: Callable[[], bool] = lambda: False) -> None:
        self.hosts = hosts
        self.current = current
        self.stopped = stopped
        self.is_first = current == hosts[0]
        self.meeting = ""
        self._store: SignedStore
        self._wait(lambda: [] if self._connect() else [f"{hosts[0]}, the first host,"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cause = self.fail(failure_text(error)) if error else None
        with suppress(RuntimeError):  # the first host may be gone
            self._store.set(f"{LEFT}/{self.current}", self.meeting)
            self._keep_store()
        if cause:
            raise UserError(cause) from None

    def meet(self, settings: HostSettings) -> None:
        """Return when every host has arrived. Raises UserError if one does not, or if their settings differ."""
        arrivals = {self.current: json.dumps([secrets.token_hex(), settings])}

        def missing() -> list[str]:
            self.is_stopping()
            with suppress(RuntimeError):  # `is_stopping` will find out why
                self._store.set(f"{ARRIVED}/{self.current}", arrivals[self.current])  # again: it may have been deleted
                for host in set(self.hosts) - arrivals.keys():
                    if arrival := self._store.get(f"{ARRIVED}/{host}"):
                        arrivals[host] = arrival
            return [host for host in self.hosts if host not in arrivals]

        self._wait(missing)
        self.meeting = hashlib.sha256("".join(arrivals[host] for host in self.hosts).encode()).hexdigest()
        given = {host: json.loads(arrivals[host]) for host in self.hosts}
        if sentence := difference({host: HostSettings(*each) for host, (_, each) in given.items()}):
            raise UserError(sentence)

    def stop(self) -> None:
        """Ask all hosts to stop."""
        with suppress(RuntimeError):
            self._store.set(STOP, self.meeting)

    def fail(self, cause: str) -> str:
        """Inform all hosts why this one failed. Returns the cause that was given first."""
        with suppress(RuntimeError):
            return self._store.set_once(CAUSE, cause)
        return cause

    def is_stopping(self) -> bool:
        """Return whether a host was asked to stop. Raises UserError if one has failed."""
        try:
            stopping = self._store.get(STOP) == self.meeting
            cause = self._store.get(CAUSE)
        except RuntimeError:
            cause = f"The first host, {self.hosts[0]}, ended, and its log says why."
        if cause:
            raise UserError(cause)
        return stopping

    def _connect(self) -> bool:
        """Return whether the first host is there; if it is, `_store` is too."""
        with suppress(OSError):
            if self.is_first:
                socket.getaddrinfo(self.hosts[0], PORT)
            else:
                socket.create_connection((self.hosts[0], PORT), timeout=1).close()
            wait = timedelta(seconds=SECONDS_TO_LISTEN)
            try:
                store = dist.TCPStore(self.hosts[0], PORT, None, self.is_first, timeout=wait, wait_for_workers=False)  # type: ignore[attr-defined]
            except RuntimeError:
                if self.is_first:
                    raise
                return False  # the first host has too much to do
            self._store = SignedStore(store, job_secret(self.hosts))
            return True
        return False

    def _wait(self, missing: Callable[[], list[str]]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        said = False
        while who := ", ".join(missing()):
            if not said:
                logger.info("%s is not there yet.", who)
            said = True
            if self.stopped():
                raise UserError(STOPPED_BEFORE_TRAINING)
            if time.monotonic() > deadline:
                raise UserError(f"{who} did not arrive within {SECONDS_TO_START} s: its log may say why.")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _keep_store(self) -> None:
        """Wait until the others have left, or had the time to read the cause: the store ends with the first host."""
        seconds = SECONDS_TO_LEAVE if self.stopped() else SECONDS_TO_LISTEN if self.meeting else SECONDS_TO_ARRIVE
        deadline = time.monotonic() + seconds
        while self.is_first and time.monotonic() < deadline:
            if all(self._store.get(f"{LEFT}/{host}") is not None for host in self.hosts):
                break
            time.sleep(SECONDS_BETWEEN_LOOKS)
