"""The HTTP side: routes, errors, and the walk of a request from body to answer."""

import re
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from itertools import chain
from threading import BoundedSemaphore
from typing import Any

import numpy as np
import orjson
from flask import Flask, Response, g, request
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, ServiceUnavailable

from seriesbox.algorithm import Predictor
from seriesbox.errors import PLACES, ArtifactError, DataError, UserError
from seriesbox.sagemaker.serving.body import discard_body, read_body
from seriesbox.sagemaker.serving.formats import Pieces, gathered, read, write
from seriesbox.sagemaker.serving.log import log
from seriesbox.sagemaker.serving.models import AlreadyLoadedError, Loaded, Models, NoMemoryError, NotLoadedError
from seriesbox.sagemaker.serving.negotiation import CSV, JSON_LINES, request_format, response_format
from seriesbox.sagemaker.serving.settings import BATCH, MEGABYTE, Settings
from seriesbox.sagemaker.serving.worker import SECONDS_WITHOUT_A_BYTE
from seriesbox.tables.json import parse_json
from seriesbox.tables.table import Table

NAME = re.compile(r"(?!\.+$)[\w.-]+", re.ASCII)  # and no step in a path
LARGE_AT_ONCE = 4  # requests of more than a megabyte, so that a full queue of them does not take all memory
LONGEST_ID = 64  # of SageMaker's API
LONGEST_MESSAGE = 800  # bytes; longer ones are cut: SageMaker shows short error bodies only
INFERENCE_ID, CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Inference-Id", "X-Amzn-SageMaker-Custom-Attributes"
STATUS = {
    UserError: HTTPStatus.BAD_REQUEST,
    ArtifactError: HTTPStatus.BAD_REQUEST,
    NotLoadedError: HTTPStatus.NOT_FOUND,
    AlreadyLoadedError: HTTPStatus.CONFLICT,
    NoMemoryError: HTTPStatus.INSUFFICIENT_STORAGE,
}


def create_app(settings: Settings, models: Models, only: Loaded | None) -> Flask:
    """An app for the `only` model, or for the many that will come. It exists once that is loaded: so `/ping` is 200."""
    app = Flask(__name__)
    room = _Room(settings)

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.id = request.headers.get(INFERENCE_ID, "")[:LONGEST_ID] or uuid.uuid4().hex
        request.environ["gunicorn.socket"].settimeout(SECONDS_WITHOUT_A_BYTE)
        g.facts = {}

    @app.get("/ping")
    def ping() -> Response:
        return Response(status=200, content_type="text/plain")

    @app.get("/execution-parameters")
    def execution_parameters() -> Response:
        parameters: dict[str, Any] = {"MaxConcurrentTransforms": settings.transforms}
        most = max(1, 100 // settings.transforms)  # SageMaker's limit is on the product of the two
        parameters["MaxPayloadInMB"] = max(1, min(most, (settings.limit or BATCH) // MEGABYTE))
        if settings.strategy:  # SageMaker's local mode fails on one that its caller did not choose
            parameters["BatchStrategy"] = settings.strategy
        return _json(parameters)

    def answer(loaded: Loaded) -> Response:
        answering = _Answering(settings, loaded, room)
        try:
            return answering.respond()
        except BaseException:
            answering.close()
            raise

    if only:

        @app.post("/invocations")
        def invocations() -> Response:
            return answer(only)

    else:

        @app.post("/models")
        def load_model() -> Response:
            wanted = parse_json(
                read_body(request.environ["wsgi.input"], request.content_length, 1 << 16), "The request"
            )
            name, url = (wanted.get(key) if isinstance(wanted, dict) else None for key in ("model_name", "url"))
            if not isinstance(name, str) or not isinstance(url, str) or not NAME.fullmatch(name):
                raise BadRequest("Give model_name, of letters, digits, '_', '-' and '.', and url, as a JSON object.")
            models.load(name, url)
            return _json(_described(models.get(name)))

        @app.get("/models")
        def list_models() -> Response:
            return _json({"models": [_described(each) for each in models.all()]})

        @app.get("/models/<name>")
        def describe_model(name: str) -> Response:
            return _json(_described(models.get(name)))

        @app.delete("/models/<name>")
        def unload_model(name: str) -> Response:
            models.unload(name)
            return _json({})

        @app.post("/models/<name>/invoke")
        def invoke(name: str) -> Response:
            return answer(models.get(name))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            status, name, message = error.code or 500, error.name, error.description or error.name
        else:
            known = next((each for kind, each in STATUS.items() if isinstance(error, kind)), None)
            status = known or HTTPStatus.INTERNAL_SERVER_ERROR
            name = HTTPStatus(status).phrase
            message = _told(error) if isinstance(error, DataError) else str(error)
            if known is None:
                message = "The server failed: its log has the reason, under this request_id."
                g.facts["trace"] = "".join(traceback.format_exception(error))
        # What is wrong with data quotes it, and payloads are not for the log.
        g.facts["fault"] = type(error).__name__ if isinstance(error, UserError) else message
        discard_body(request.environ)
        body = {"error": name, "message": _cut(message), "request_id": g.id}
        response = _json(body, int(status))
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(error.valid_methods or ())
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = "1"
        return response

    @app.after_request
    def end(response: Response) -> Response:
        for header in (INFERENCE_ID, CUSTOM_ATTRIBUTES):
            if value := request.headers.get(header):
                response.headers[header] = value
        if request.path != "/ping":
            response.call_on_close(_log_line(response))
        return response

    return app


class _Room:
    """How many requests there may be at once, how many of them large, and how many pieces that are predicted."""

    def __init__(self, settings: Settings) -> None:
        self.queue = BoundedSemaphore(settings.queue)
        self.large = BoundedSemaphore(LARGE_AT_ONCE)
        self.predicting = BoundedSemaphore(max(1, settings.cores // settings.threads))


class _Answering:
    """One request to one model: what it has taken so far, and the streaming of its answer."""

    def __init__(self, settings: Settings, loaded: Loaded, room: _Room) -> None:
        self.settings = settings
        self.model: Predictor = loaded.model
        self.room = room
        self.taken = ExitStack()
        self.facts: dict[str, Any] = g.facts
        self.facts.update(model=loaded.name, algorithm=loaded.algorithm)
        self.predicting = self.waiting = 0.0

    def respond(self) -> Response:
        """Read, check, and begin to answer: whatever can be wrong with a request is found before the first byte."""
        if not self.room.queue.acquire(blocking=False):
            raise ServiceUnavailable(f"{self.settings.queue} requests are being answered or waiting: try again later.")
        self.taken.callback(self.room.queue.release)
        independent = self.model.rows_are_independent
        form, header = request_format(request.content_type or "")
        default = self.settings.accept or (JSON_LINES if form == JSON_LINES else CSV)
        answer_form = response_format(request.headers.get("Accept", ""), default)
        if form == CSV and not independent and self.settings.strategy == "SINGLE_RECORD":
            raise DataError(
                "The batch job sends one row at a time (SingleRecord), but a row means nothing without those before "
                "it: set SplitType to None, or give one series per line as JSON Lines."
            )
        body = read_body(
            request.environ["wsgi.input"],
            request.content_length,
            self.settings.limit,
            is_large=lambda: self.taken.enter_context(self.room.large),
        )
        self.facts["bytes_in"] = len(body)
        if not body and self.settings.batch:  # such as Spark's _SUCCESS
            self.close()
            return Response(b"", content_type=answer_form)

        started = time.perf_counter()
        tables = read(body, form, header, independent)
        del body
        rows = columns = missing = 0
        for table in tables:
            self.model.check(table)
            rows += len(table.values)
            columns = max(columns, table.values.shape[1])
            missing += int(np.isnan(table.values).sum())
        parsing = time.perf_counter() - started
        self.facts.update(rows=rows, columns=columns, missing=missing, parse_ms=_milliseconds(parsing))
        parts = self._timed(gathered(write(map(self._predict, tables), answer_form, independent)))
        first, second = next(parts), next(parts, None)
        if second is None:
            return Response(first, content_type=answer_form)
        response = Response(chain([first, second], parts), content_type=answer_form)
        response.call_on_close(self.close)
        return response

    def close(self) -> None:
        """Make room for the next request."""
        self.taken.close()

    def _predict(self, table: Table) -> Pieces:
        pieces = self.model.predict(table)
        while (piece := self._next(pieces)) is not None:
            yield piece

    def _next(self, pieces: Pieces) -> NDArray[np.float32] | None:
        waiting = time.perf_counter()
        with self.room.predicting:
            started = time.perf_counter()
            piece = next(pieces, None)
        self.waiting += started - waiting
        self.predicting += time.perf_counter() - started
        return piece

    def _timed(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        spent, count = 0.0, 0
        while True:
            started = time.perf_counter()
            try:
                part = next(parts, None)
            except BaseException as error:  # the status may be sent already: the log must know all the same
                self.facts.update(fault=type(error).__name__, trace="".join(traceback.format_exception(error)))
                raise
            spent += time.perf_counter() - started
            self.facts.update(
                complete=part is None,
                bytes_out=count,
                predict_ms=_milliseconds(self.predicting),
                encode_ms=_milliseconds(spent - self.predicting - self.waiting),
                wait_ms=_milliseconds(self.waiting),
            )
            if part is None:
                self.close()
                return
            count += len(part)
            yield part


def _log_line(response: Response) -> Callable[[], None]:
    facts, started, identity = g.facts, g.started, g.id
    attributes, method, path = request.headers.get(CUSTOM_ATTRIBUTES), request.method, request.path

    def line() -> None:
        took = _milliseconds(time.perf_counter() - started)
        if attributes:
            facts["custom_attributes"] = attributes
        log("request", id=identity, method=method, path=path, status=response.status_code, ms=took, **facts)

    return line


def _told(error: DataError) -> str:
    """As many places as fit into a message, and how many there are beyond them."""
    for most in range(PLACES, 0, -1):
        message, _ = error.told(most, LONGEST_MESSAGE)
        if _cut(message) == message:
            break
    return message


def _cut(message: str) -> str:
    message = message[:LONGEST_MESSAGE]
    while len(orjson.dumps(message)) > LONGEST_MESSAGE + len('""'):
        message = message[:-1]
    return message


def _described(loaded: Loaded) -> dict[str, str]:
    return {"modelName": loaded.name, "modelUrl": loaded.url}


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value) + b"\n", status, content_type="application/json")


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 2)
