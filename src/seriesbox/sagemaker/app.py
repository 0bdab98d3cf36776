"""The HTTP side of one loaded model: `/ping` and `/invocations`."""

import threading

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from seriesbox.algorithm import Algorithm
from seriesbox.errors import UserError
from seriesbox.tables import parse_csv, write_csv


def create_app(model: Algorithm) -> Flask:
    """An app that exists only once its model is loaded: that is what `/ping` reports."""
    app = Flask(__name__)
    one_at_a_time = threading.Lock()  # torch already spreads one prediction over all cores

    @app.get("/ping")
    def ping() -> Response:
        return Response(status=200)

    @app.post("/invocations")
    def invocations() -> Response:
        if request.mimetype != "text/csv":
            raise UnsupportedMediaType(f"The content type is {request.mimetype or 'missing'}: send text/csv.")
        table = parse_csv(request.get_data(), "The request")
        with one_at_a_time:
            output = model.predict(table).cpu().numpy()
        # `mimetype=` would add a charset, and SageMaker's deserializers compare the header literally.
        return Response(write_csv(output), content_type="text/csv")

    @app.errorhandler(UserError)
    def user_error(error: UserError) -> Response:
        return _error(400, "Bad Request", str(error))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        return _error(error.code or 500, error.name, error.description or error.name)

    return app


def _error(status: int, name: str, message: str) -> Response:
    body = json.dumps({"error": name, "message": message}) + "\n"
    return Response(body, status, content_type="application/json")
