"""The container's two commands, run like SageMaker runs them: `train` on an `/opt/ml` tree, `serve` behind HTTP."""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import numpy as np

from demo.problem import Answer, Array, Hyperparameters, Series

COMMANDS = Path(sys.executable).parent  # the folder with the commands of this Python's environment
SECONDS_TO_START, SECONDS_TO_STOP = 60, 30


class CommandError(Exception):
    """`train` or `serve` failed. The message ends with the end of its log."""


def lay_out(opt_ml: Path, hyperparameters: Hyperparameters, training: bytes, validation: bytes = b"") -> None:
    """Write what SageMaker mounts: three files of configuration, and a channel of data or two."""
    shutil.rmtree(opt_ml, ignore_errors=True)
    config = opt_ml / "input" / "config"
    config.mkdir(parents=True)
    channels = {"training": training} | ({"validation": validation} if validation else {})
    for channel, body in channels.items():
        folder = opt_ml / "input" / "data" / channel
        folder.mkdir(parents=True)
        (folder / f"{channel}.csv").write_bytes(body)
    contents: Mapping[str, object] = {
        "hyperparameters": {name: str(value) for name, value in hyperparameters.items()},  # SageMaker has texts only
        "inputdataconfig": {channel: {"TrainingInputMode": "File", "ContentType": "text/csv"} for channel in channels},
        "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"},
    }
    for name, content in contents.items():
        (config / f"{name}.json").write_text(json.dumps(content, indent=2))


def train(opt_ml: Path, log: Path, on_epoch: Callable[[str], None]) -> None:
    """Run `train` to its end. Raises CommandError.

    on_epoch: gets each line of metrics as it appears. The other lines of the log begin with a time and a level, such as
        "2026-11-27 22:24:14,123 INFO".
    """
    with log.open("w") as file, _start("train", opt_ml, stdout=subprocess.PIPE) as process:
        for line in process.stdout or []:
            file.write(line)
            if line.startswith("epoch:"):
                on_epoch(line.rstrip())
    if process.returncode:
        raise _failure("train", f"ended with exit code {process.returncode}", log)


@contextmanager
def serve(opt_ml: Path, log: Path, **environment: str) -> Iterator[str]:
    """Run `serve`, yield its URL once `/ping` answers, and stop it by SIGTERM. Raises CommandError."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as file:
        process = _start("serve", opt_ml, stdout=file, SAGEMAKER_BIND_TO_PORT=str(port), **environment)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not _answers(f"{url}/ping"):
            if process.poll() is not None:
                raise _failure("serve", f"ended with exit code {process.returncode} before it answered /ping", log)
            if time.monotonic() > deadline:
                raise _failure("serve", f"did not answer /ping within {SECONDS_TO_START} s", log)
            time.sleep(0.005)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()


def invoke(url: str, body: bytes, accept: str = "text/csv") -> bytes:
    """POST a CSV to `/invocations` and return the CSV that comes back. Raises CommandError."""
    try:
        with urlopen(Request(f"{url}/invocations", body, {"Content-Type": "text/csv", "Accept": accept})) as response:
            return bytes(response.read())
    except HTTPError as error:
        raise CommandError(f"/invocations answered {error.code}: {error.read().decode()}") from None


def table(answer: bytes) -> Array:
    """Return the rows of an answer. Empty cells are NaN."""
    return np.genfromtxt(io.BytesIO(answer), delimiter=",", ndmin=2)


def columns(answer: bytes) -> Answer:
    """Return the columns of an answer whose first line names them. Empty cells are NaN."""
    names, _, rows = answer.partition(b"\n")
    return dict(zip(names.decode().split(","), table(rows).T, strict=True))


def csv(rows: Iterable[Series]) -> bytes:
    """Return a CSV without header or index. A missing value is an empty cell."""
    lines = (",".join("" if np.isnan(value) else f"{value:.6g}" for value in row) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(command: str, opt_ml: Path, stdout: IO[str] | int, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMANDS / command],
        env=os.environ | {"SAGEMAKER_BASE_DIR": str(opt_ml)} | environment,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _failure(command: str, how: str, log: Path) -> CommandError:
    last_lines = "\n".join(log.read_text().splitlines()[-20:])
    return CommandError(f"`{command}` {how}. The end of its log, {log}:\n\n{last_lines}")
