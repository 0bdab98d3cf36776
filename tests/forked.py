"""Programs in processes that start without the time for imports: `forking.py` forks for each of them."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SECONDS_TO_END = 100


class Process:
    """A program that runs, or has ended. Its output goes to files."""

    def __init__(self, report: socket.socket, stdout: Path, stderr: Path) -> None:
        self._report, self._stdout, self._stderr = report, stdout, stderr
        self._returncode: int | None = None
        self.pid = int(report.recv(32))

    @property
    def stdout(self) -> str:
        return self._stdout.read_text()

    @property
    def stderr(self) -> str:
        return self._stderr.read_text()

    @property
    def returncode(self) -> int:
        """The exit code, or the negative number of a signal, once the program has ended."""
        if self._returncode is None:
            if not self.has_ended(SECONDS_TO_END):
                pytest.fail(f"The program does not end: {self.stdout}{self.stderr}")
            with self._report:
                self._returncode = int(self._report.recv(32))
        return self._returncode

    def has_ended(self, seconds: float = 0) -> bool:
        """Return whether the program has ended or ends within some seconds."""
        return self._returncode is not None or bool(select.select([self._report], [], [], seconds)[0])

    def wait_for(self, text: str) -> None:
        """Return once the program has said this."""
        ended = False
        while text not in self.stdout:
            if ended:
                pytest.fail(f"The program ended before it said {text!r}: {self.stdout}{self.stderr}")
            ended = self.has_ended(0.01)

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


class ForkServer:
    """A process that forks. It starts when it is needed, and ends with all that it has forked when this is closed."""

    def __init__(self) -> None:
        self._requests, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, program: str, environment: Mapping[str, str], folder: Path) -> Process:
        """Run a program. Its output goes to two files in the folder."""
        self._process = self._process or subprocess.Popen(
            [sys.executable, "-m", "tests.forking", str(self._theirs.fileno())],
            cwd=PROJECT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},  # which libraries read while they are imported
            pass_fds=[self._theirs.fileno()],
        )
        stdout, stderr = folder / "stdout", folder / "stderr"
        for file in (stdout, stderr):
            file.write_bytes(b"")
        request = {"program": program, "environment": environment, "stdout": str(stdout), "stderr": str(stderr)}
        report, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._requests, [json.dumps(request).encode()], [theirs.fileno()])
        return Process(report, stdout, stderr)

    def close(self) -> None:
        self._requests.close()
        self._theirs.close()
        if self._process:
            self._process.wait()
