"""gunicorn's worker of many threads, in which no client can keep a thread, or the other clients, waiting.

The event loop receives heads, sends what a client does not take at once, and hears out those that are refused: none of
this takes a thread. A thread has a request from its head until its answer is ready.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR, socket
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from seriesbox.sagemaker.serving.connection import LEAST_RATE, Connection, Stage
from seriesbox.sagemaker.serving.head import is_complete, is_ping
from seriesbox.sagemaker.serving.log import log

SECONDS_FOR_HEAD = 5  # from its first byte to its last
SECONDS_TO_LEAVE = 5  # after the last answer: a client that is reset while it sends may not see why it was refused
SECONDS_BEHIND = 60  # that a client may fall behind the least rate while it takes its answer
SECONDS_KEPT_AT_END = 2  # of connections without a request while the server stops
SECONDS_BETWEEN_SWEEPS = 0.2
PING_THREADS = 2


class Worker(ThreadWorker):
    """Waits for clients in one thread, and computes in others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Any, None] = {}  # gunicorn's connections, the longest waiting first
        self.ping_pool = ThreadPoolExecutor(PING_THREADS)
        self.next_sweep = 0.0

    def accept(self, listener: socket) -> None:
        """Accept a connection. If there are too many, the oldest of those that can best be missed gives way."""
        try:
            accepted, address = listener.accept()
        except OSError:  # the client is gone, or there are no files for the moment
            return
        if self.nr_conns + 1 >= self.worker_connections and self.waiting:
            self._close(min(self.waiting, key=lambda conn: conn.sock.stage))
        self.nr_conns += 1
        conn = TConn(self.cfg, Connection(accepted), address, listener.getsockname())
        self._wait(conn, Stage.HEAD, self.cfg.keepalive, self._receive)

    def enqueue_req(self, conn: Any) -> None:
        """Let a thread handle a request. Pings have their own."""
        conn.data_ready = True
        pool = self.ping_pool if is_ping(conn.sock.received) else self.tpool
        future = pool.submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Handle a request whose head is parsed. Returns whether the connection is kept."""
        conn.sock.begin(req)
        return super().handle_request(req, conn)

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """Take a connection back from its thread."""
        conn.sock.end()
        if conn.sock.fileno() < 0:  # gunicorn has closed it
            self.nr_conns -= 1
            return
        conn.is_kept = not fs.cancelled() and not fs.exception() and fs.result()
        if conn.sock.is_unsent:
            self._wait(conn, Stage.ANSWER, SECONDS_BEHIND, self._send, EVENT_WRITE)
        else:
            self._go_on(conn)

    def murder_pending(self) -> None:
        """Close the connections whose time is over; gunicorn's loop calls this after all events."""
        now = time.monotonic()
        if now < self.next_sweep:
            return
        self.next_sweep = now + SECONDS_BETWEEN_SWEEPS
        for conn in [conn for conn in self.waiting if conn.sock.deadline < now]:
            if conn.sock.stage == Stage.ANSWER:
                log("warning", message=f"A client took its answer too slowly: it is hung up on. {conn.client}")
            self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self.waiting:
            if conn.sock.stage in (Stage.HEAD, Stage.KEPT) and not conn.sock.received:
                conn.sock.deadline = min(conn.sock.deadline, deadline)

    def _wait(
        self, conn: Any, stage: Stage, seconds: float, on_event: Callable[[Any], None], events: int = EVENT_READ
    ) -> None:
        conn.sock.stage, conn.sock.deadline = stage, time.monotonic() + seconds
        self.waiting[conn] = None
        # An event may come in one batch with that by which its connection had to give way.
        self.poller.register(conn.sock, events, lambda _: on_event(conn) if conn in self.waiting else None)

    def _receive(self, conn: Any) -> None:
        """Receive a part of a head, and hand the request over if it is complete."""
        sock = conn.sock
        if (part := sock.receive()) is None:
            return
        if not sock.received and part:
            sock.stage, sock.deadline = Stage.HEAD, time.monotonic() + SECONDS_FOR_HEAD
        sock.received += part
        if not sock.received:
            self._close(conn)
        elif not part or is_complete(sock.received):
            self._stop_waiting(conn)
            self.enqueue_req(conn)

    def _send(self, conn: Any) -> None:
        try:
            sent = conn.sock.send_unsent()
        except OSError:
            self._close(conn)
            return
        conn.sock.deadline = min(time.monotonic() + SECONDS_BEHIND, conn.sock.deadline + sent / LEAST_RATE)
        if not conn.sock.is_unsent:
            self._stop_waiting(conn)
            self._go_on(conn)

    def _go_on(self, conn: Any) -> None:
        """Wait for the next request of a connection that is kept, or for the end of another."""
        sock = conn.sock
        if not conn.is_kept:
            with suppress(OSError):
                sock.shutdown(SHUT_WR)
            self._wait(conn, Stage.LEAVING, SECONDS_TO_LEAVE, self._hear_out)
            return
        sock.received[:0] = conn.parser.unreader.take_buffered()
        if is_complete(sock.received):
            self.enqueue_req(conn)
        elif sock.received:
            self._wait(conn, Stage.HEAD, SECONDS_FOR_HEAD, self._receive)
        else:
            self._wait(conn, Stage.KEPT, self.cfg.keepalive if self.alive else SECONDS_KEPT_AT_END, self._receive)

    def _hear_out(self, conn: Any) -> None:
        if conn.sock.receive() == b"":
            self._close(conn)

    def _stop_waiting(self, conn: Any) -> None:
        del self.waiting[conn]
        self.poller.unregister(conn.sock)

    def _close(self, conn: Any) -> None:
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()
