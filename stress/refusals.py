"""The answers to the mistakes of callers: each of `mistakes.py` is made at a real server, in a shell, and in Python.

Prints tables; docs/errors.md shows the recorded ones. Exits with 1 if a mistake is none, or if its answer is not one
line. The models are untrained.

    .venv/bin/python -m stress.refusals [--record]
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, chdir
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import cases, figures, options
from benchmarks.server import RunningServer, serving
from demo.container import COMMANDS as FOLDER_OF_COMMANDS
from seriesbox import LSTMAD, CNNKMeans, load
from seriesbox.artifact import save
from stress.mistakes import CALLS, COMMANDS, FILES, LARGEST, REQUESTS, Request

SECONDS_TO_FAIL = 60  # that a command may take

Row = dict[str, int | str]
"""An answer: a status, an exit code or a class, and a message."""


def ask(server: RunningServer, request: Request) -> Row:
    """Send a request."""
    connection = server.connect()
    try:
        connection.request(request.method, request.path, request.body, dict(request.headers))
        answer = connection.getresponse()
        return {"status": answer.status, "message": json.loads(answer.read()).get("message", "")}
    finally:
        connection.close()


def execute(command: str) -> Row:
    """Run a command in this folder. Its message is the last one, without the usage before it."""
    environment = os.environ | {"PATH": f"{FOLDER_OF_COMMANDS}:{os.environ['PATH']}"}
    done = subprocess.run(
        command.split(), env=environment, capture_output=True, text=True, timeout=SECONDS_TO_FAIL, check=False
    )
    return {"exit code": done.returncode, "message": done.stderr.rpartition("Error: ")[2].strip()}


def call(expression: str) -> Row:
    """Evaluate an expression of Python."""
    names = {"CNNKMeans": CNNKMeans, "LSTMAD": LSTMAD, "load": load}
    series = np.random.default_rng(0).normal(size=(20, 3))
    try:
        eval(expression, {**names, "series": series, "recording": series[:, 0]})
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {"error": "none", "message": ""}


def is_right(row: Row) -> bool:
    """Return whether an answer is that to a mistake, and a line."""
    kind, message = row.values()
    is_theirs = isinstance(kind, str) or kind in (1, 2) or 400 <= kind < 500
    return is_theirs and bool(message) and "\n" not in str(message)


def provoke(
    table: str, mistakes: Mapping[str, Callable[[], Row]], record: Callable[[str, dict[str, Row]], None]
) -> list[str]:
    """Make mistakes, print and record the answers, and return those that are not as they should be."""
    rows: dict[str, Row] = {}
    for name, make in mistakes.items():
        row = make()
        if not rows:
            print(f"\n| {table} | {' | '.join(row)} |\n|---|---|---|")
        print(f"| {name} | {' | '.join(map(str, row.values()))} |", flush=True)
        rows[name] = row
    record(table, rows)
    return [name for name, row in rows.items() if not is_right(row)]


def main() -> None:
    """Print the tables. Exits with the mistakes whose answers are not as they should be."""
    given = options.parser(__doc__, "--record").parse_args()
    record = figures.recorder("refusals", given.record)
    with tempfile.TemporaryDirectory() as name, ExitStack() as held:
        folder, servers = Path(name), dict[str, RunningServer]()
        for algorithm in cases.names():
            save(cases.load(algorithm).tiny(), folder / algorithm / "model")
            server = serving(folder / algorithm, MAX_CONTENT_LENGTH=str(LARGEST), OMP_NUM_THREADS="1")
            servers[algorithm], _ = held.enter_context(server)
        requests = {name: partial(ask, servers[each.algorithm], each) for name, each in REQUESTS.items()}
        wrong = provoke("requests", requests, record)
        held.enter_context(chdir(folder / "cnn-kmeans"))
        for file, body in FILES.items():
            Path(file).write_bytes(body)
        wrong += provoke("commands", {f"`{each}`": partial(execute, each) for each in COMMANDS}, record)
        wrong += provoke("calls", {f"`{each}`": partial(call, each) for each in CALLS}, record)
    sys.exit(f"Not as it should be: {', '.join(wrong)}." if wrong else 0)


if __name__ == "__main__":
    main()
