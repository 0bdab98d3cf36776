"""The connections that wait for their clients: for heads, to take answers, or to leave."""

import time
from collections.abc import Callable
from enum import Enum
from selectors import EVENT_READ, BaseSelector
from typing import Any


class Stage(Enum):
    """The stages of a connection that waits for its client."""

    LEAVING = "leaving"
    HEAD = "head"  # or nothing of it yet
    KEPT = "kept"
    ANSWER = "answer"


SECONDS = {
    Stage.LEAVING: 5,  # after the last answer: a client that is reset while it sends may not see why it was refused
    Stage.HEAD: 5,  # from its first byte to its last
    Stage.ANSWER: 60,  # that a client may fall behind the least rate while it takes its answer
}
SECONDS_KEPT_AT_END = 2  # of connections without a request while the server stops
# In which connections give way, the lowest first. An idle one is no better than one that has just come.
RANKS = {Stage.LEAVING: 0, Stage.HEAD: 1, Stage.KEPT: 1, Stage.ANSWER: 2}


class Waiting:
    """gunicorn's connections that wait, the longest waiting first; `poller` tells of their events."""

    def __init__(self, poller: BaseSelector) -> None:
        self._poller = poller
        self._conns: dict[Any, None] = {}

    def add(
        self,
        conn: Any,
        stage: Stage,
        on_event: Callable[[Any], None],
        seconds: float | None = None,
        events: int = EVENT_READ,
    ) -> None:
        """Let a connection wait for some seconds at most, and call a function with it at every event."""
        conn.sock.stage = stage
        conn.sock.deadline = time.monotonic() + (SECONDS[stage] if seconds is None else seconds)
        self._conns[conn] = None
        # An event may come in one batch with that by which its connection had to give way.
        self._poller.register(conn.sock, events, lambda _: on_event(conn) if conn in self._conns else None)

    def remove(self, conn: Any) -> None:
        """Let a connection wait no longer."""
        del self._conns[conn]
        self._poller.unregister(conn.sock)

    def first_to_give_way(self) -> Any:
        """Return the oldest of the connections that can best be missed; None if none waits."""
        return min(self._conns, key=lambda conn: RANKS[conn.sock.stage], default=None)

    def overdue(self) -> list[Any]:
        """Return the connections whose time is over."""
        now = time.monotonic()
        return [conn for conn in self._conns if conn.sock.deadline < now]

    def hurry(self, deadline: float) -> None:
        """Let connections without a request wait no longer than this."""
        for conn in self._conns:
            if conn.sock.stage in (Stage.HEAD, Stage.KEPT) and not conn.sock.received:
                conn.sock.deadline = min(conn.sock.deadline, deadline)
