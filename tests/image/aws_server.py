"""The same AWS over HTTP, for programs that make their own clients."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from aws import AWS, Json


@contextmanager
def aws_server(aws: AWS) -> Iterator[str]:
    """The URL where SageMaker answers as `aws` does. IAM says nothing of roles there, and no log has anything in it."""

    class Handler(BaseHTTPRequestHandler):
        error_message_format = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/invocations"):
                self.reply(aws.invoke(body), "text/csv")
                return
            match self.headers.get("X-Amz-Target", "").split("."):
                case "SageMaker", operation:
                    aws.take(operation, json.loads(body))
                    self.reply(encoded(aws.answer(operation)))
                case _, "DescribeLogStreams":
                    self.reply(encoded({"logStreams": []}))
                case _, "FilterLogEvents":
                    self.reply(encoded({"events": []}))
                case _:
                    self.send_error(403)

        def reply(self, answer: bytes, content_type: str = "application/x-amz-json-1.1") -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def encoded(answer: Json) -> bytes:
    return json.dumps(answer, default=datetime.timestamp).encode()
