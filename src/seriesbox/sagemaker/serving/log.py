"""One line of JSON per event on standard output: payloads and pings are not logged, and a trace is one field."""

import logging
import os
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from gunicorn.glogging import Logger

_lock = threading.Lock()


def log(event: str, **fields: Any) -> None:
    """Print one line. If it cannot be written, on a full disk or to a reader that is gone, it is lost."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": event,
        "process": os.getpid(),
        **fields,
    }
    with _lock, suppress(OSError):
        sys.stdout.buffer.write(orjson.dumps(line, default=str) + b"\n")
        sys.stdout.buffer.flush()


def milliseconds(seconds: float) -> float:
    """Return a time as lines show it."""
    return round(1000 * seconds, 2)


class ServerLogger(Logger):
    """gunicorn's own events as lines of the same kind."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = [_Lines()]
        self.error_log.propagate = False


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        fields = {"level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            fields["trace"] = logging.Formatter().formatException(record.exc_info)
        log("server", **fields)
