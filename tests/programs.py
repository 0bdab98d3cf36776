"""Runs the programs of a folder at their smallest size."""

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
SECONDS = 300  # on a busy machine
TABLE = re.compile(r"^\|.+\|\n\|[-:|]+\|\n((?:\|.*\|\n)*)", re.MULTILINE)  # a header, a rule, and the rows


def programs(folder: str) -> list[str]:
    """The files of a folder that can be run."""
    return [file.stem for file in sorted((PROJECT / folder).glob("*.py")) if "\ndef main()" in file.read_text()]


def marked(names: Iterable[str], slow: Collection[str]):
    """The names as parameters of a test, those of slow programs marked."""
    return [
        pytest.param(name, marks=[pytest.mark.slow, pytest.mark.timeout(SECONDS)] if name in slow else [])
        for name in names
    ]


def run(folder: str, program: str, arguments: str, seconds: float = SECONDS, **environment: str) -> list[str]:
    """Run a program and return the rows of each table that it prints, as one text. It must end with 0."""
    done = subprocess.run(
        [sys.executable, "-m", f"{folder}.{program}", *arguments.split()],
        cwd=PROJECT,
        # Several threads on a busy machine wait for each other.
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return TABLE.findall(done.stdout)
