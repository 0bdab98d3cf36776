import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import settings

from seriesbox.tables.table import Table

settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")

collect_ignore = ["image"]  # these need a Docker engine: scripts/test-image
COMMANDS = Path(sys.executable).parent
SERVE = COMMANDS / "serve"


def pytest_collection_modifyitems(items):
    """The hosts' tests take longest: begun first, they end before all others do."""
    items.sort(key=lambda item: item.path.name != "test_cluster.py")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def two_shapes() -> tuple[Table, np.ndarray]:
    """60 noisy oscillations of 30 or 40 steps, slow or fast, some with gaps; and which are fast."""
    random = np.random.default_rng(0)
    fast = np.arange(60) % 2 == 0
    phase = random.uniform(0, 2 * np.pi, (60, 1))
    values = np.sin(phase + np.arange(40) * np.where(fast, 1.5, 0.5)[:, None]) + random.normal(0, 0.1, (60, 40))
    values[::3, 30:] = np.nan
    values[::4, 10:12] = np.nan
    return Table.of(values.astype(np.float32), "two shapes"), fast


@pytest.fixture(scope="session")
def wave() -> np.ndarray:
    """(1200, 2): two noisy sinusoids of different scale."""
    random = np.random.default_rng(0)
    step = np.arange(1200)
    columns = [np.sin(step / 5), 100 + 40 * np.cos(step / 8)]
    return (np.stack(columns, axis=1) + random.normal(0, 0.02, (1200, 2)) * [1, 40]).astype(np.float32)


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers["Content-Type"]

    @property
    def message(self) -> str:
        """What an error says: one line of JSON, and short."""
        assert self.content_type == "application/json"
        assert self.body.count(b"\n") == 1
        assert len(self.body) < 1024
        error = json.loads(self.body)
        assert set(error) == {"error", "message", "request_id"}
        return error["message"]


class Server:
    """A running `serve`, spoken to over HTTP."""

    def __init__(self, port: int, log: Path, process: subprocess.Popen[bytes]):
        self.port = port
        self.log = log
        self.process = process

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, body: bytes, content_type: str = "text/csv", accept: str = "*/*") -> Answer:
        return self.request("POST", "/invocations", body, {"Content-Type": content_type, "Accept": accept})

    def request(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """An iterator of parts is sent chunked."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {}, encode_chunked=True)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    @contextmanager
    def begun(self, body: bytes) -> Iterator[Callable[[], int]]:
        """A request that the server has begun to read; yields what sends the rest and returns the status."""
        head = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nConnection: close\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
            goes_on = b"HTTP/1.1 100 Continue\r\n\r\n"
            assert connection.recv(len(goes_on)) == goes_on

            def finish() -> int:
                connection.sendall(body)
                return int(b"".join(iter(lambda: connection.recv(65536), b"")).split()[1])

            yield finish

    def lines(self, event: str, least: int = 0, **having: Any) -> list[dict[str, Any]]:
        """The log's events of one kind, once there are so many: a request's line follows its answer."""
        while True:
            lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
            found = [line for line in lines if {"event": event, **having}.items() <= line.items()]
            if len(found) >= least:
                return found
            time.sleep(0.01)


class Job:
    """An `/opt/ml` tree in a temporary folder, and the two commands run on it."""

    def __init__(self, base: Path):
        self.base = base
        self.config = base / "input" / "config"
        self.config.mkdir(parents=True)
        self.failure = base / "output" / "failure"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "SAGEMAKER_BASE_DIR": str(base),
            "SAGEMAKER_BIND_TO_PORT": str(self.port),
            "OMP_NUM_THREADS": "1",  # several threads on a busy machine wait for each other
        }
        self.set(hyperparameters={})
        (self.config / "resourceconfig.json").write_text(json.dumps({"current_host": "algo-1", "hosts": ["algo-1"]}))
        (self.config / "inputdataconfig.json").write_text("{}")

    def set(self, hyperparameters: dict[str, str]) -> None:
        (self.config / "hyperparameters.json").write_text(json.dumps(hyperparameters))

    def put(self, channel: str, name: str, body: bytes) -> None:
        file = self.base / "input" / "data" / channel / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    def run(self, command: str, most_memory: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
        """most_memory: bytes of addresses."""
        return subprocess.run(
            [COMMANDS / command],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory)),
        )

    def start(self, command: str) -> subprocess.Popen[str]:
        return subprocess.Popen([COMMANDS / command], env=self.environment, stdout=subprocess.PIPE, text=True)

    @contextmanager
    def serve(self, command: Sequence[str | Path] = (SERVE,), **environment: str) -> Iterator[Server]:
        log = self.base / "serve.log"
        with log.open("w") as stream:
            process = subprocess.Popen(
                command, env=self.environment | environment, stdout=stream, stderr=stream, process_group=0
            )
        server = Server(self.port, log, process)
        try:
            for _ in range(600):
                if process.poll() is not None:
                    pytest.fail(f"serve ended with {process.returncode}: {log.read_text()}")
                try:
                    server.get("/ping")
                    break
                except ConnectionError:
                    time.sleep(0.1)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def job(tmp_path) -> Job:
    return Job(tmp_path / "ml")


@pytest.fixture(scope="session")
def make_job(tmp_path_factory):
    return lambda name: Job(tmp_path_factory.mktemp(name) / "ml")
