"""A SageMaker that takes whatever its API allows, does nothing, and says that all is done."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aws import ARN

from listing.shapes import faults, operation

Json = dict[str, Any]

# What becomes of all that is created; an answer takes what its operation has.
DONE: Json = {
    "CreationTime": 0,
    "TrainingJobStatus": "Completed",
    "SecondaryStatus": "Completed",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/model.tar.gz"},
    "ModelPackageStatus": "Completed",
    "TransformJobStatus": "Completed",
    "logStreams": [],
}


@contextmanager
def accepting() -> Iterator[tuple[str, dict[str, Json]]]:
    """Its URL, and what it is asked to create, by the operation's name."""
    created: dict[str, Json] = {}

    class Handler(BaseHTTPRequestHandler):
        error_message_format = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            if not name:  # IAM is asked what the role may do
                self.send_error(403)
                return
            request, kind = json.loads(body), name.removeprefix("Create").removeprefix("Describe")
            if name.startswith("Create"):
                assert faults(operation(name).input_shape, request) == []
                created[name] = request
            answered = {**created.get(f"Create{kind}", {}), **DONE, f"{kind}Arn": f"{ARN}:{kind.lower()}/it"}
            answer = json.dumps(answered).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", created
        finally:
            server.shutdown()
