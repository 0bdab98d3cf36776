"""gunicorn's worker of many threads, with bounds on what a single client can make it wait for."""

import socket
import struct
from contextlib import suppress
from typing import Any

from gunicorn.util import close_graceful
from gunicorn.workers.gthread import ThreadWorker

SECONDS_WITHOUT_A_BYTE = 60  # from or to a client that stalls, before its place is given to another


class Worker(ThreadWorker):
    """Handles connections, each in a thread; its first thread accepts them all."""

    def handle(self, conn: Any) -> Any:
        """One request of a connection; false where that is to be closed."""
        # Without it, so many halves of a request line as there are threads would end all pings.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SECONDS_WITHOUT_A_BYTE, 0))
        kept = super().handle(conn)
        if not kept:  # what is closed here is not waited for by the first thread, which would accept nobody meanwhile
            with suppress(OSError):
                close_graceful(conn.sock.dup())
                conn.sock.shutdown(socket.SHUT_RDWR)
        return kept
