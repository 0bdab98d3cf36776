"""The answer to a request that failed: a status, and one short line of JSON."""

import traceback
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, current_app
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from seriesbox.errors import ArtifactError, DataError, UserError
from seriesbox.formats.content_type import ContentTypeError
from seriesbox.sagemaker.serving.memory import NoMemoryError
from seriesbox.sagemaker.serving.models import AlreadyLoadedError, NotLoadedError

MAX_MESSAGE = 800  # bytes; longer ones are cut: SageMaker shows short error bodies only
STATUS = {
    ContentTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UserError: HTTPStatus.BAD_REQUEST,
    ArtifactError: HTTPStatus.BAD_REQUEST,
    NotLoadedError: HTTPStatus.NOT_FOUND,
    AlreadyLoadedError: HTTPStatus.CONFLICT,
    NoMemoryError: HTTPStatus.INSUFFICIENT_STORAGE,
}


def fault_response(error: Exception, request_id: str, log_fields: dict[str, Any]) -> Response:
    """Return the answer to a request that raised an error. `log_fields` gets the fault, and its trace if it is ours."""
    if isinstance(error, HTTPException):
        status, name, message = error.code or 500, error.name, _message(error)
    else:
        known = next((each for kind, each in STATUS.items() if isinstance(error, kind)), None)
        status = known or HTTPStatus.INTERNAL_SERVER_ERROR
        name = HTTPStatus(status).phrase
        message = error.message(MAX_MESSAGE, _size) if isinstance(error, DataError) else str(error)
        if known is None:
            message = "The server failed: its log has the reason, under this request_id."
            log_fields["trace"] = "".join(traceback.format_exception(error))
    # What is wrong with data quotes it, and payloads are not for the log.
    log_fields["fault"] = type(error).__name__ if isinstance(error, UserError) else message
    response = json_response({"error": name, "message": _cut(message), "request_id": request_id}, int(status))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    return response


def _message(error: HTTPException) -> str:
    """Return what an error of HTTP says; ours of those that werkzeug words."""
    if isinstance(error, NotFound) and error.description == NotFound.description:
        paths = sorted({rule.rule for rule in current_app.url_map.iter_rules()})
        return f"Nothing is at this path. There are {', '.join(paths)}."
    if isinstance(error, MethodNotAllowed):
        methods = {*(error.valid_methods or ())} - {"HEAD", "OPTIONS"}
        return f"This path takes {' and '.join(sorted(methods))}."
    return error.description or error.name


def json_response(value: Any, status: int = 200) -> Response:
    """Return a response of one line of JSON."""
    return Response(orjson.dumps(value) + b"\n", status, content_type="application/json")


def _size(message: str) -> int:
    """Return the bytes of a message in JSON, without its quotes."""
    return len(orjson.dumps(message)) - len('""')


def _cut(message: str) -> str:
    message = message[:MAX_MESSAGE]
    while _size(message) > MAX_MESSAGE:
        message = message[:-1]
    return message
