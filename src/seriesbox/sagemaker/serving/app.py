"""The HTTP side: routes, errors, and the line in the log that every request leaves."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest

from seriesbox.sagemaker.serving.answer import Answer
from seriesbox.sagemaker.serving.body import discard_body, read_body
from seriesbox.sagemaker.serving.faults import fault_response, json_response
from seriesbox.sagemaker.serving.log import log, milliseconds
from seriesbox.sagemaker.serving.models import LoadedModel, Models
from seriesbox.sagemaker.serving.settings import BATCH, MEGABYTE, ServerSettings
from seriesbox.sagemaker.serving.slots import Slots
from seriesbox.sagemaker.serving.worker import SECONDS_WITHOUT_A_BYTE
from seriesbox.tables.json_lists import parse_json

MODEL_NAME = re.compile(r"(?!\.+$)[\w.-]+", re.ASCII)  # no "." or "..", which lead elsewhere in a path
MAX_ID = 64  # characters, of SageMaker's API
INFERENCE_ID, CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Inference-Id", "X-Amzn-SageMaker-Custom-Attributes"


def create_app(settings: ServerSettings, models: Models, only: LoadedModel | None) -> Flask:
    """Return an app for the `only` model, which is loaded already, or for many: `/ping` answers 200 from the start."""
    app = Flask(__name__)
    slots = Slots(settings)

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.id = request.headers.get(INFERENCE_ID, "")[:MAX_ID] or uuid.uuid4().hex
        request.environ["gunicorn.socket"].settimeout(SECONDS_WITHOUT_A_BYTE)
        g.log_fields = {}

    @app.get("/ping")
    def ping() -> Response:
        return Response(status=200, content_type="text/plain")

    @app.get("/execution-parameters")
    def execution_parameters() -> Response:
        parameters: dict[str, Any] = {"MaxConcurrentTransforms": settings.transforms}
        max_megabytes = max(1, 100 // settings.transforms)  # SageMaker's limit is on the product of the two
        parameters["MaxPayloadInMB"] = max(1, min(max_megabytes, (settings.limit or BATCH) // MEGABYTE))
        if settings.strategy:  # SageMaker's local mode fails on one that its caller did not choose
            parameters["BatchStrategy"] = settings.strategy
        return json_response(parameters)

    def respond(loaded: LoadedModel) -> Response:
        answer = Answer(settings, loaded, slots, g.log_fields)
        try:
            return answer.respond(request)
        except BaseException:
            answer.close()
            raise

    if only:

        @app.post("/invocations")
        def invocations() -> Response:
            return respond(only)

    else:
        _add_model_routes(app, models, respond)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        response = fault_response(error, g.id, g.log_fields)
        discard_body(request.environ)
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


def _add_model_routes(app: Flask, models: Models, respond: Callable[[LoadedModel], Response]) -> None:
    """Add the routes of a multi-model endpoint."""

    @app.post("/models")
    def load_model() -> Response:
        body = read_body(request.environ["wsgi.input"], request.content_length, 1 << 16)
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


def _log_line(response: Response) -> Callable[[], None]:
    """Return what writes the request's line, once the response is sent."""
    log_fields, started, identity = g.log_fields, g.started, g.id
    attributes, method, path = request.headers.get(CUSTOM_ATTRIBUTES), request.method, request.path

    def line() -> None:
        took = milliseconds(time.perf_counter() - started)
        if attributes:
            log_fields["custom_attributes"] = attributes
        log("request", id=identity, method=method, path=path, status=response.status_code, ms=took, **log_fields)

    return line
