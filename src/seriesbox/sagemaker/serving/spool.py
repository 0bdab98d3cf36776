"""Answers that are whole before their first byte is sent: in memory, or, if they are large, in a file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response
from werkzeug.exceptions import ServiceUnavailable

IN_MEMORY = 1 << 18  # bytes of an answer; each connection may hold one


def spooled(parts: Iterable[bytes], environ: dict[str, Any], content_type: str) -> Response:
    """Return the parts as one response of known length. Raises ServiceUnavailable if the disk is full."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115, the response closes it
    try:
        for part in parts:
            with _disk():
                file.write(part)
        size = file.tell()
        with _disk():
            file.seek(0)
    except BaseException:
        with suppress(OSError):  # what could not be written cannot be flushed either
            file.close()
        raise
    if size <= IN_MEMORY:
        return Response(file.read(), content_type=content_type)
    response = Response(environ["wsgi.file_wrapper"](file), content_type=content_type, direct_passthrough=True)
    response.content_length = size
    return response


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceUnavailable(
            f"The answer is over {IN_MEMORY >> 10} KB and cannot be kept in /tmp, or TMPDIR ({error.strerror}): send "
            "fewer rows at a time, or try again later."
        ) from None
