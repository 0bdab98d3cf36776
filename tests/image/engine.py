"""Docker's client, and containers of the image."""

import json
import os
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

HARDENED = ["--network", "none", "--read-only", "--tmpfs", "/tmp"]
IMAGE = os.environ.get("SERIESBOX_IMAGE", "seriesbox:latest")  # scripts/test-image --image NAME sets it


def docker(*arguments: str, stdin: bytes | None = None, timeout: float = 120) -> bytes:
    """Run a command of the Docker client that must succeed, and return what it printed."""
    done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {(done.stdout + done.stderr).decode()}"
    return done.stdout


def mounted(folder: Path, readonly: tuple[str, ...] = ("input",)) -> list[str]:
    """Return the options that mount the folders of an `/opt/ml` tree one by one, as SageMaker does."""
    folders = [(each.name, ":ro" if each.name in readonly else "") for each in folder.iterdir()]
    return [option for name, mode in folders for option in ("-v", f"{folder / name}:/opt/ml/{name}{mode}")]


def installed() -> set[str]:
    """The Python packages in the image beside ours, as they are pinned: `name==version`."""
    program = (Path(__file__).parents[2] / "scripts" / "installed.py").read_bytes()
    printed = docker("run", "--rm", "--interactive", "--network", "none", IMAGE, "python", "-", stdin=program)
    return set(printed.decode().split())


@dataclass(frozen=True)
class Container:
    """A container of the image, running or ended."""

    id: str

    @classmethod
    @contextmanager
    def running(cls, *options: str, command: tuple[str, ...] = ()) -> Iterator["Container"]:
        """Start one in the background, and remove it in the end."""
        container = cls(docker("create", *options, IMAGE, *command).decode().strip())
        try:
            docker("start", container.id)
            yield container
        finally:
            docker("rm", "--force", "--volumes", container.id)

    def wait(self) -> int:
        """Wait for the container to end, and return its exit code."""
        return int(docker("wait", self.id))

    def stop(self) -> int:
        """Run `docker stop`, and return the exit code. It kills after ten seconds, which gives 137."""
        docker("stop", "--time", "10", self.id)
        return self.wait()

    def log(self) -> str:
        """Return everything that the container has printed."""
        done = subprocess.run(["docker", "logs", self.id], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
        return done.stdout.decode()

    def log_until(self, text: str) -> None:
        """Follow what it prints until there is a line with this text in it."""
        command = ["docker", "logs", "--follow", self.id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as follower:
            found = any(text in line for line in follower.stdout)
            follower.terminate()
        assert found, self.log()

    def python(self, program: str, stdin: bytes = b"") -> bytes:
        """Run a program inside, which is also how to reach a server that has no network."""
        return docker("exec", "--interactive", self.id, "python", "-c", program, stdin=stdin)

    def invoke(self, body: bytes, port: int = 8080, model: str = "") -> bytes:
        """POST a CSV to its `/invocations`, or to one of many models once that is loaded, when `/ping` answers."""
        return self.python(CLIENT.format(port=port, model=model), stdin=body)

    def written(self) -> list[str]:
        """Return the files that differ from the image, except mounts."""
        return docker("diff", self.id).decode().splitlines()

    def inspect(self) -> dict:
        return json.loads(docker("inspect", self.id))[0]


CLIENT = """
import json, sys, time, urllib.error
from urllib.request import Request, urlopen
url = "http://127.0.0.1:{port}"
while True:
    try:
        ping = urlopen(url + "/ping")
        break
    except urllib.error.URLError:
        time.sleep(0.1)
assert ping.status == 200 and ping.read() == b"", "a ping is 200 and empty"
path = "/invocations"
if model := "{model}":
    named = json.dumps(dict(model_name=model, url="/opt/ml/models/" + model + "/model")).encode()
    urlopen(Request(url + "/models", named))
    path = "/models/" + model + "/invoke"
request = Request(url + path, sys.stdin.buffer.read(), dict([("Content-Type", "text/csv")]))
sys.stdout.buffer.write(urlopen(request).read())
"""


def answer_from_outside(port: int, body: bytes) -> bytes:
    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/ping") as ping:
                assert ping.status == 200
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    with urlopen(Request(f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "text/csv"})) as answer:
        assert answer.headers["Content-Type"] == "text/csv"
        return answer.read()
