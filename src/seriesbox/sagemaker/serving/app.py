"""The HTTP side: routes, errors, and the line in the log that every request leaves."""

import re
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest

from seriesbox.sagemaker.serving.answer import Answer
from seriesbox.sagemaker.serving.body import is_unread, read_body
from seriesbox.sagemaker.serving.faults import fault_response, json_response
from seriesbox.sagemaker.serving.log import log, milliseconds
from seriesbox.sagemaker.serving.memory import Memory
from seriesbox.sagemaker.serving.models import LoadedModel, Models
from seriesbox.sagemaker.serving.page import add_page
from seriesbox.sagemaker.serving.settings import MEGABYTE, ServerSettings
from seriesbox.sagemaker.serving.slots import Slots
from seriesbox.tables.json_lists import parse_json

MODEL_NAME = re.compile(r"(?!\.+$)[\w.-]+", re.ASCII)  # no "." or "..", which lead elsewhere in a path
MAX_ID = 64  # characters, of SageMaker's API
MAX_PAYLOAD = 100  # MB, likewise
INFERENCE_ID, CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Inference-Id", "X-Amzn-SageMaker-Custom-Attributes"


def create_app(settings: ServerSettings, memory: Memory, models: Models, only: LoadedModel | None) -> Flask:
    """Return an app for the `only` model, which is loaded already, or for many: `/ping` answers 200 from the start."""
    app = Flask(__name__, static_folder=None)
    slots = Slots(settings)

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.id = request.headers.get(INFERENCE_ID, "")[:MAX_ID] or uuid.uuid4().hex
        g.log_fields = {}

    @app.get("/ping")
    def ping() -> Response:
        return Response(status=200, content_type="text/plain")

    @app.get("/execution-parameters")
    def execution_parameters() -> Response:
        parameters: dict[str, Any] = {"MaxConcurrentTransforms": settings.transforms}
        megabytes = MAX_PAYLOAD // settings.transforms  # SageMaker's limit is on the product of the two
        if settings.limit:
            megabytes = min(megabytes, settings.limit // MEGABYTE)
        parameters["MaxPayloadInMB"] = max(1, megabytes)
        if settings.strategy:  # SageMaker's local mode fails on one that its caller did not choose
            parameters["BatchStrategy"] = settings.strategy
        return json_response(parameters)

    def respond(loaded: LoadedModel) -> Response:
        return Answer(settings, loaded, slots, memory, g.log_fields).respond(request)

    if only:

        @app.post("/invocations")
        def invocations() -> Response:
            return respond(only)

    else:
        _add_model_routes(app, slots, models, respond)

    if settings.page:
        add_page(app, models, only)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        return fault_response(error, g.id, g.log_fields)

    @app.after_request
    def end(response: Response) -> Response:
        for header in (INFERENCE_ID, CUSTOM_ATTRIBUTES):
            if value := request.headers.get(header):
                response.headers[header] = value
        if is_unread(request.environ):
            request.environ["gunicorn.socket"].close_after_answer()
        if request.path != "/ping":
            _log_line(response)
        return response

    return app


def _add_model_routes(app: Flask, slots: Slots, models: Models, respond: Callable[[LoadedModel], Response]) -> None:
    """Add the routes of a multi-model endpoint."""

    @app.post("/models")
    def load_model() -> Response:
        with ExitStack() as held:
            slots.acquire(held)
            body = read_body(request, 1 << 16)
        given = parse_json(body, "The request")
        name, url = (given.get(key) if isinstance(given, dict) else None for key in ("model_name", "url"))
        if not isinstance(name, str) or not isinstance(url, str) or not MODEL_NAME.fullmatch(name):
            raise BadRequest("Give model_name, of letters, digits, '_', '-' and '.', and url, as a JSON object.")
        models.load(name, url)
        return json_response(_description(models.get(name)))

    @app.get("/models")
    def list_models() -> Response:
        return json_response({"models": [_description(each) for each in models.all()]})

    @app.get("/models/<name>")
    def describe_model(name: str) -> Response:
        return json_response(_description(models.get(name)))

    @app.delete("/models/<name>")
    def unload_model(name: str) -> Response:
        models.unload(name)
        return json_response({})

    @app.post("/models/<name>/invoke")
    def invoke(name: str) -> Response:
        return respond(models.get(name))


def _description(loaded: LoadedModel) -> dict[str, str]:
    return {"modelName": loaded.name, "modelUrl": loaded.url}


def _log_line(response: Response) -> None:
    if attributes := request.headers.get(CUSTOM_ATTRIBUTES):
        g.log_fields["custom_attributes"] = attributes
    took = milliseconds(time.perf_counter() - g.started)
    log(
        "request",
        id=g.id,
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=took,
        **g.log_fields,
    )
