"""Shell commands that are printed and, if wanted, run."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import jmespath

from marketplace.aws_model import Json

SECONDS_BETWEEN = 5
ENVIRONMENT = {"AWS_DEFAULT_OUTPUT": "json", "AWS_PAGER": ""}  # so that answers can be parsed

Check = Callable[[Json], None]  # raises PublishError


class PublishError(Exception):
    """A fault that ends publishing. The message says what to do."""


@dataclass(frozen=True)
class Shell:
    """Prints every command, and runs it if `runs`."""

    runs: bool

    def run(self, command: str, accept: str = "") -> None:
        """Run a command and show its output. Raises PublishError if it fails, except with the AWS error `accept`."""
        print(command, flush=True)
        if self.runs:
            execute(command, accept)

    def ask(self, command: str, check: Check = lambda answer: None, advice: str = "") -> Json:
        """Return the JSON that a command answers, checked; an empty answer if nothing runs.

        Raises PublishError, with the advice if the command fails.
        """
        print(command, flush=True)
        if not self.runs:
            return {}
        try:
            answer = _answer(command)
        except PublishError as error:
            raise PublishError(f"{error} {advice}".strip()) from None
        check(answer)
        return answer

    def wait(self, command: str, state: str, unfinished: Collection[str], check: Check, hours: float = 1) -> None:
        """Repeat a command until the JMESPath `state` of its answer exists and is finished; then `check` the answer."""
        print(f"{command} # repeated while {state} is {' or '.join(unfinished)}", flush=True)
        if not self.runs:
            return
        started, shown = time.monotonic(), ""
        while (status := jmespath.search(state, answer := _answer(command))) in {None, *unfinished}:
            minutes = (time.monotonic() - started) / 60
            if minutes >= 60 * hours:
                raise PublishError(
                    f"{state} is still {status} after {hours:g} hours: look into AWS' console, or run the same command "
                    "again to continue waiting."
                )
            if (progress := f"# Waiting: {state} is {status}, {minutes:.0f} min") != shown:
                print(shown := progress, flush=True)
            time.sleep(SECONDS_BETWEEN)
        check(answer)


def _answer(command: str) -> Json:
    # Just after its start, a scan does not exist yet.
    text = execute(command, "ScanNotFoundException", stdout=subprocess.PIPE)
    try:
        answer: Json = json.loads(text or "{}")
    except ValueError:
        raise PublishError(f"`{command}` did not answer with JSON, but with: {text[:200]}") from None
    return answer


def execute(command: str, accept: str = "", stdout: int | None = None) -> str:
    """Return what a command prints, if `stdout` is a pipe. Raises PublishError with its message."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=os.environ | ENVIRONMENT,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not done.returncode:
        print(done.stderr, file=sys.stderr, end="")
    elif not accept or f"({accept})" not in done.stderr:
        raise PublishError(f"`{command}` failed: {done.stderr.strip()}")
    return done.stdout
