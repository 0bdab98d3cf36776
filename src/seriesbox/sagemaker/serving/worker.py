"""gunicorn's worker of many threads, in which no client can keep a thread, or the other clients, waiting.

The event loop receives heads, sends what a client does not take at once, and hears out those that are refused: none of
this takes a thread. A thread has a request from its head until its answer is ready.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from selectors import EVENT_WRITE
from socket import SHUT_WR, socket
from typing import Any

from gunicorn.util import write_error
from gunicorn.workers.gthread import TConn, ThreadWorker

from seriesbox.sagemaker.serving.connection import LEAST_RATE, Connection
from seriesbox.sagemaker.serving.head import MAX_HEAD, is_complete, is_ping
from seriesbox.sagemaker.serving.log import log
from seriesbox.sagemaker.serving.waiting import SECONDS, SECONDS_KEPT_AT_END, Stage, Waiting

SECONDS_BETWEEN_SWEEPS = 0.2
PING_THREADS = 2


class Worker(ThreadWorker):
    """Waits for clients in one thread, and computes in others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ping_pool = ThreadPoolExecutor(PING_THREADS)
        self.next_sweep = 0.0

    def run(self) -> None:
        """Wait for clients until the server stops."""
        self.waiting = Waiting(self.poller)
        self._cap_keepalive = self.waiting.hurry
        super().run()

    def accept(self, listener: socket) -> None:
        """Accept a connection. If there are too many, the oldest of those that can best be missed gives way."""
        try:
            accepted, address = listener.accept()
        except OSError:  # the client is gone, or there are no files for the moment
            return
        if self.nr_conns + 1 >= self.worker_connections and (oldest := self.waiting.first_to_give_way()):
            self._close(oldest)
        self.nr_conns += 1
        conn = TConn(self.cfg, Connection(accepted), address, listener.getsockname())
        self.waiting.add(conn, Stage.HEAD, self._receive, self.cfg.keepalive)

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
            self.waiting.add(conn, Stage.ANSWER, self._send, events=EVENT_WRITE)
        else:
            self._go_on(conn)

    def murder_pending(self) -> None:
        """Close the connections whose time is over; gunicorn's loop calls this after all events."""
        if time.monotonic() < self.next_sweep:
            return
        self.next_sweep = time.monotonic() + SECONDS_BETWEEN_SWEEPS
        for conn in self.waiting.overdue():
            if conn.sock.stage == Stage.ANSWER:  # a thread writes to the log, whose reader may be slow itself
                self.tpool.submit(log, "warning", message=f"{conn.client} took its answer too slowly: hung up on.")
            if conn.sock.stage == Stage.HEAD and conn.sock.received:
                self._refuse(conn, 408, "Request Timeout", f"A head may take {SECONDS[Stage.HEAD]} seconds.")
            else:
                self._close(conn)

    def _receive(self, conn: Any) -> None:
        """Receive a part of a head, and hand the request over if it is complete."""
        sock = conn.sock
        if (part := sock.receive()) is None:
            return
        if not sock.received and part:
            sock.stage, sock.deadline = Stage.HEAD, time.monotonic() + SECONDS[Stage.HEAD]
        sock.received += part
        if not sock.received:
            self._close(conn)
        elif not part or is_complete(sock.received):
            self.waiting.remove(conn)
            self.enqueue_req(conn)
        elif len(sock.received) > MAX_HEAD:
            self._refuse(conn, 431, "Request Header Fields Too Large", f"The head is larger than {MAX_HEAD} bytes.")

    def _refuse(self, conn: Any, status: int, reason: str, message: str) -> None:
        self.waiting.remove(conn)
        conn.is_kept = False
        with suppress(OSError):
            write_error(conn.sock, status, reason, message)
        self._go_on(conn)

    def _send(self, conn: Any) -> None:
        try:
            sent = conn.sock.send_unsent()
        except OSError:
            self._close(conn)
            return
        conn.sock.deadline = min(time.monotonic() + SECONDS[Stage.ANSWER], conn.sock.deadline + sent / LEAST_RATE)
        if not conn.sock.is_unsent:
            self.waiting.remove(conn)
            self._go_on(conn)

    def _go_on(self, conn: Any) -> None:
        """Wait for the next request of a connection that is kept, or for the end of another."""
        sock = conn.sock
        if not conn.is_kept:
            with suppress(OSError):
                sock.shutdown(SHUT_WR)
            self.waiting.add(conn, Stage.LEAVING, self._hear_out)
            return
        sock.received[:0] = conn.parser.unreader.take_buffered()
        if is_complete(sock.received):
            self.enqueue_req(conn)
        elif sock.received:
            self.waiting.add(conn, Stage.HEAD, self._receive)
        else:
            seconds = self.cfg.keepalive if self.alive else SECONDS_KEPT_AT_END
            self.waiting.add(conn, Stage.KEPT, self._receive, seconds)

    def _hear_out(self, conn: Any) -> None:
        if (part := conn.sock.receive()) == b"":
            self._close(conn)
        elif part:
            latest = time.monotonic() + SECONDS[Stage.LEAVING]
            conn.sock.deadline = min(latest, conn.sock.deadline + len(part) / LEAST_RATE)

    def _close(self, conn: Any) -> None:
        self.waiting.remove(conn)
        self.nr_conns -= 1
        conn.close()
