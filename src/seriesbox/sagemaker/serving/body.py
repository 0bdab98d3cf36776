"""The body of a request: whole, and never too large or too slow.

Werkzeug's own limit silently cuts off a chunked body.
"""

import io
from collections.abc import Callable
from typing import Any

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

from seriesbox.sagemaker.serving.connection import LEAST_RATE

CHUNK = 1 << 20
READ = "body.is_read"  # in the request's environ


def read_body(request: Request, limit: int | None, receive: Callable[[int], object] = lambda size: None) -> bytes:
    """Return all of a body, which may be chunked.

    receive: is called with the size of what is read, before more is.
    Raises RequestEntityTooLarge, RequestTimeout if the client was too slow, and BadRequest if it stopped sending.
    """
    stream, length, body = request.environ["wsgi.input"], request.content_length, io.BytesIO()
    try:
        while True:
            if limit is not None and max(body.tell(), length or 0) > limit:
                raise RequestEntityTooLarge(
                    f"The request is larger than {limit} bytes: send fewer rows at a time, or raise MAX_CONTENT_LENGTH."
                )
            receive(body.tell())
            if not (chunk := stream.read(CHUNK)):
                break
            body.write(chunk)
    except TimeoutError:
        raise RequestTimeout(
            f"The request stalled after {body.tell()} bytes, or came by less than {LEAST_RATE} bytes a second."
        ) from None
    except (OSError, ParseException) as error:
        raise BadRequest(f"The request ended early, or is badly chunked: {error}") from None
    if length is not None and body.tell() < length:
        raise BadRequest(f"The request ended early, after {body.tell()} of {length} bytes.")
    request.environ[READ] = True
    return body.getvalue()


def is_unread(environ: dict[str, Any]) -> bool:
    """Return whether a request has a body that was not read to its end."""
    has_body = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
    return has_body and READ not in environ
