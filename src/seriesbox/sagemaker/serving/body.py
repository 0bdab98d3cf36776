"""The body of a request: whole, and never too large.

Werkzeug's own limit silently cuts off a chunked body.
"""

import io
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

CHUNK = 1 << 20
SECONDS_TO_RECEIVE = 300  # for a whole body, before its slot is given to another request
SECONDS_TO_DISCARD = 2


def read_body(
    stream: BinaryIO, length: int | None, limit: int | None, on_large: Callable[[], object] = lambda: None
) -> bytes:
    """Return all of a body of `length` bytes, or of a chunked one if that is None.

    on_large: is called before more than CHUNK bytes are read.
    Raises RequestEntityTooLarge, and BadRequest if the client stopped sending.
    """
    if limit is not None and length is not None and length > limit:
        raise RequestEntityTooLarge(_too_large(limit))
    if length is not None and length > CHUNK:
        on_large()
    body, announced, deadline = io.BytesIO(), length is not None, time.monotonic() + SECONDS_TO_RECEIVE
    try:
        while chunk := stream.read(CHUNK):
            if time.monotonic() > deadline:
                raise BadRequest(f"The request did not arrive within {SECONDS_TO_RECEIVE} seconds.")
            body.write(chunk)
            if not announced and body.tell() >= CHUNK:
                announced = True
                on_large()
            if limit is not None and body.tell() > limit:
                raise RequestEntityTooLarge(_too_large(limit))
    except (OSError, ParseException) as error:
        raise BadRequest(f"The request ended early, stalled, or is badly chunked: {error}") from None
    if length is not None and body.tell() < length:
        raise BadRequest(f"The request ended early, after {body.tell()} of {length} bytes.")
    return body.getvalue()


def discard_body(environ: dict[str, Any]) -> None:
    """Read the rest of a body that is refused: many clients look for an answer only when they have sent everything."""
    deadline = time.monotonic() + SECONDS_TO_DISCARD
    environ["gunicorn.socket"].settimeout(SECONDS_TO_DISCARD)
    with suppress(OSError, ParseException):
        while time.monotonic() < deadline and environ["wsgi.input"].read(CHUNK):
            pass


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit} bytes: send fewer rows at a time, or raise MAX_CONTENT_LENGTH."
