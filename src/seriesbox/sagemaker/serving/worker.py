"""gunicorn's worker of many threads, with bounds on what one client can make the others wait for."""

import socket
import struct
from contextlib import suppress
from typing import Any

from gunicorn.util import close_graceful
from gunicorn.workers.gthread import ThreadWorker

SECONDS_WITHOUT_A_BYTE = 60  # without a byte from or to a client, before its connection is closed


class Worker(ThreadWorker):
    """Handles connections in a pool of threads; one more thread accepts them and closes them."""

    def handle(self, conn: Any) -> Any:
        """Handle one request of a connection. Returns false if the connection is to be closed after it."""
        # gunicorn waits for headers without a limit: half a request on every thread would stop all pings.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SECONDS_WITHOUT_A_BYTE, 0))
        kept = super().handle(conn)
        if not kept:  # gunicorn's accepting thread would wait for seconds until the client closes its side
            with suppress(OSError):
                close_graceful(conn.sock.dup())
                conn.sock.shutdown(socket.SHUT_RDWR)
        return kept
