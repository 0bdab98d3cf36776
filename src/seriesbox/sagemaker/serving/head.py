"""The head of a request, as the bytes that have come so far."""

import re

MAX_HEAD = 1 << 16  # bytes
END = b"\r\n\r\n"
PING = re.compile(rb"(GET|HEAD) /ping[ ?]")
HAS_BODY = re.compile(rb"\n(content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)


def is_complete(received: bytearray) -> bool:
    """Return whether gunicorn can read the head."""
    return END in received


def is_ping(received: bytearray) -> bool:
    """Return whether the request is a ping, and has no body to wait for."""
    return bool(PING.match(received)) and not HAS_BODY.search(received.partition(END)[0])
