"""One client's connection: a socket whose client must keep a pace, and that keeps nobody waiting."""

import os
import socket
import time
from contextlib import suppress
from typing import Any, BinaryIO

from seriesbox.sagemaker.serving.waiting import Stage

LEAST_RATE = 5_000  # bytes a second that a client must send or take
SECONDS_BEHIND = 10  # that a client may fall behind this rate while its body is awaited
SECONDS_FOR_BODY = 3600  # in all
SEND_BUFFER = 1 << 18  # bytes; the system would hold megabytes for a client that does not read
PART = 1 << 16  # bytes received or sent at once


class Connection(socket.socket):
    """The socket of one client.

    The event loop calls `receive` and `send_unsent`, which never wait. gunicorn and the app call the others from a
    thread: `recv` waits for a body, but not for a client that is too slow, and what is sent waits in `unsent`.
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(fileno=accepted.detach())
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.stage = Stage.HEAD
        self.deadline = 0.0  # of the stage
        self.received = bytearray()  # by the event loop
        self.unsent = bytearray()
        self._file: tuple[BinaryIO, int, int] | None = None  # that is sent after it: from where, to where
        self._request: Any = None
        self._seconds = self._end = 0.0

    def begin(self, request: Any) -> None:
        """Begin a request of gunicorn's, whose head is read."""
        self._request = request
        self._seconds, self._end = SECONDS_BEHIND, time.monotonic() + SECONDS_FOR_BODY

    def end(self) -> None:
        """End the request."""
        self._request = None

    def close_after_answer(self) -> None:
        """Let the answer say that the connection is closed after it."""
        self._request.force_close()

    def receive(self) -> bytes | None:
        """Return bytes that have come, none if no more will, and None if none have come yet."""
        self.settimeout(0)
        try:
            return super().recv(PART)
        except BlockingIOError:
            return None
        except OSError:  # the client has reset the connection
            return b""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return bytes that the loop has received, else of the body. Raises TimeoutError if the client is too slow."""
        if self.received or not self._request:  # a head that the loop holds to be complete is not waited for
            part = bytes(self.received[:size])
            del self.received[:size]
            return part
        started = time.monotonic()
        seconds = min(self._seconds, self._end - started)
        if seconds <= 0:
            raise TimeoutError("too slow")
        self.settimeout(seconds)
        part = super().recv(size, flags)
        waited = time.monotonic() - started
        self._seconds = min(SECONDS_BEHIND, self._seconds - waited + len(part) / LEAST_RATE)
        return part

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send what the client takes at once. The rest is `unsent`."""
        sent = 0
        if not self.unsent:
            self.settimeout(0)
            with suppress(BlockingIOError):
                sent = super().send(data, flags)
        self.unsent += memoryview(data)[sent:]

    def send(self, data: Any, flags: int = 0) -> int:
        """Do the same, and return the number of bytes."""
        self.sendall(data, flags)
        return memoryview(data).nbytes

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Leave a part of a file to the event loop."""
        assert count is not None
        self._file = os.fdopen(os.dup(file.fileno()), "rb"), offset, offset + count
        return count

    @property
    def is_unsent(self) -> bool:
        """Return whether a part of the answer is still to be sent."""
        return bool(self.unsent or self._file)

    def send_unsent(self) -> int:
        """Send what the client takes, and return the number of bytes. Raises OSError if it is gone."""
        self.settimeout(0)
        sent = 0
        with suppress(BlockingIOError):
            if self.unsent:
                sent = super().send(memoryview(self.unsent)[:PART])
                del self.unsent[:sent]
            elif self._file:
                file, start, end = self._file
                sent = os.sendfile(self.fileno(), file.fileno(), start, min(PART, end - start))
                self._file = (file, start + sent, end)
                if not sent or start + sent == end:
                    self._close_file()
        return sent

    def close(self) -> None:
        """Close the socket and the file."""
        self._close_file()
        super().close()

    def _close_file(self) -> None:
        if self._file:
            self._file[0].close()
            self._file = None
