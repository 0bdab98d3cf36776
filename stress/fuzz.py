"""Requests and models that nobody means to send, given to the real server: does it answer all, and does it survive?

Every request is a good one changed at random: its body, its headers, its length, its chunks. No answer may be a 500,
none may be missing, and no worker may be lost; memory is printed, and should not grow. Models are changed likewise and
loaded: each must be refused with a sentence, or be usable.

    .venv/bin/python -m stress.fuzz [--requests 100000] [--models 2000] [--seed 0]
"""

import socket
import sys
import tempfile
from collections import Counter
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from random import Random

import torch

from benchmarks import cases, options
from benchmarks.server import RunningServer, serving
from seriesbox.algorithm import predict
from seriesbox.artifact import load, save
from seriesbox.errors import ArtifactError
from seriesbox.model_folder import DESCRIPTION, TENSORS
from seriesbox.protocols import Estimator
from seriesbox.tables.table import Table
from stress.random_requests import mutate, random_request

SECONDS_TO_ANSWER = 20
SHOWN_BYTES = 300  # of a request with a fault

Statuses = Counter[int | str]  # texts are faults


def send(server: RunningServer, request: bytes) -> int:
    """Return the status of the answer. Raises OSError or HTTPException if there is none."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS_TO_ANSWER) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server has answered and closed the connection before all was sent
        response = HTTPResponse(connection)
        response.begin()
        response.read()
        return response.status


def is_fault(status: int | str) -> bool:
    """Return whether a request must not end like this."""
    return isinstance(status, str) or status == 500


def fuzz_requests(model: Estimator, count: int, seed: int) -> Statuses:
    """Send random requests to a server of the model, and count the statuses of its answers."""
    random, statuses = Random(seed), Statuses()
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder) / "model")
        with serving(Path(folder), MAX_CONTENT_LENGTH="1000000", OMP_NUM_THREADS="1") as (server, _):
            for number in range(count):
                if number == count // 10:
                    print(f"  memory after a tenth: {server.memory()}", flush=True)
                request = random_request(random)
                try:
                    status: int | str = send(server, request)
                except (OSError, HTTPException) as error:
                    status = f"no answer: {type(error).__name__}"
                statuses[status] += 1
                if is_fault(status):
                    print(f"  {status}: {request[:SHOWN_BYTES]!r}", flush=True)
            print(f"  memory at the end: {server.memory()}", flush=True)
            if lost := sum(line["event"] == "start" for line in server.lines()) - 1:
                statuses["worker lost"] = lost
    return statuses


def fuzz_models(model: Estimator, table: Table, count: int, seed: int) -> Counter[str]:
    """Load changed copies of the model, and count those that were refused and those that could be used."""
    random, outcomes = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(count):
            save(model, folder)
            file = folder / random.choice([DESCRIPTION, TENSORS])
            file.write_bytes(mutate(file.read_bytes(), random))
            try:
                predict(load(folder).predictor(), table)
                outcomes["used"] += 1
            except ArtifactError:
                outcomes["refused"] += 1
    return outcomes


def main() -> None:
    """Print a row per algorithm, and the faults above it. Exits with 1 if there are any."""
    parser = options.parser(__doc__, "--algorithms", "--seed")
    parser.add_argument("--requests", type=int, default=100_000, help="for all algorithms together")
    parser.add_argument("--models", type=int, default=2_000, help="for all algorithms together")
    given = parser.parse_args()
    torch.manual_seed(0)
    rows, failed = [], False
    for name in given.algorithms:
        print(name, flush=True)
        model, table = cases.load(name).tiny(), cases.load(name).tiny_table
        statuses = fuzz_requests(model, given.requests // len(given.algorithms), given.seed)
        models = fuzz_models(model, table, given.models // len(given.algorithms), given.seed)
        failed |= any(map(is_fault, statuses))
        rows.append(f"| {name} | {_text(statuses)} | {_text(models)} |")
    print("\n| algorithm | requests by status | models |\n|---|---|---|", *rows, sep="\n")
    sys.exit(failed)


def _text(counts: Statuses | Counter[str]) -> str:
    return ", ".join(f"{key}: {count}" for key, count in sorted(counts.items(), key=lambda item: str(item[0])))


if __name__ == "__main__":
    main()
