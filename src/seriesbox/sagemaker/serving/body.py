"""The body of a request, whole and never too large.

Werkzeug's own limit cuts a chunked body off without a word; this one does not.
"""

import io
from collections.abc import Callable
from typing import BinaryIO

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

CHUNK = 1 << 20


def read_body(
    stream: BinaryIO, length: int | None, limit: int | None, is_large: Callable[[], object] = lambda: None
) -> bytes:
    """All of a body of `length` bytes; None is for a chunked one. `is_large` is called before more than CHUNK is read.

    Raises RequestEntityTooLarge, and BadRequest where the client broke off.
    """
    if limit is not None and length is not None and length > limit:
        raise RequestEntityTooLarge(_too_large(limit))
    if length is not None and length > CHUNK:
        is_large()
    body, told = io.BytesIO(), length is not None
    try:
        while chunk := stream.read(CHUNK):
            body.write(chunk)
            if not told and body.tell() >= CHUNK:
                told = True
                is_large()
            if limit is not None and body.tell() > limit:
                raise RequestEntityTooLarge(_too_large(limit))
    except (OSError, ParseException) as error:
        raise BadRequest(f"The request ended early, stalled, or is badly chunked: {error}") from None
    if length is not None and body.tell() < length:
        raise BadRequest(f"The request ended early, after {body.tell()} of {length} bytes.")
    return body.getvalue()


def _too_large(limit: int) -> str:
    return f"The request is larger than {limit} bytes: send fewer rows at a time, or raise MAX_CONTENT_LENGTH."
