"""The exit code of `scripts/audit`, by what other people's programs find or fail to find."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
CHECKED = {"name": "torch", "version": "1.0", "vulns": []}
VULNERABLE = {"name": "torch", "version": "1.0", "vulns": [{"id": "CVE-2020-1"}]}
SKIPPED = {"name": "torch", "skip_reason": "Not found."}
PYTHON_KNOWN = {
    "checked": [CHECKED],
    "vulnerable": [VULNERABLE],
    "skipped": [SKIPPED],
    "unreachable": None,
    "strange": "x",
}
TRIVY = {  # the exit code if it is asked for findings; None if it is not installed
    "clean": 0,
    "vulnerable": 3,
    "failing": 1,
    "absent": None,
}


def program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def audit(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The script and its parts, in a tree in which all other programs answer as the test says."""
    scripts, commands, path = tmp_path / "scripts", tmp_path / ".venv" / "bin", tmp_path / "path"
    for folder in (scripts, commands, path):
        folder.mkdir(parents=True)
    for part in ("audit", "findings.py", "installed.py"):
        shutil.copy(PROJECT / "scripts" / part, scripts)
    for command in ("bash", "cat", "dirname", "mktemp", "rm", "sh"):
        (path / command).symlink_to(shutil.which(command))
    program(scripts / "setup", "")
    program(commands / "python", f'exec {sys.executable} "$@"')
    program(commands / "cyclonedx-py", "")
    program(path / "docker", 'if [ "$1" = run ]; then echo torch==1.0; fi')

    def run(python: list[dict] | None, trivy: int | None) -> subprocess.CompletedProcess[str]:
        findings = tmp_path / "findings.json"
        findings.write_text(json.dumps({"dependencies": python}))
        copy = f'while [ "$1" != --output ]; do shift; done; cat {findings} >"$2"'
        program(commands / "pip-audit", "exit 1" if python is None else copy)
        if trivy is not None:
            program(path / "trivy", f'case "$*" in *--exit-code\\ 3*) exit {trivy};; esac')
        return subprocess.run([scripts / "audit"], env={"PATH": str(path)}, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("trivy", TRIVY)
@pytest.mark.parametrize("python", PYTHON_KNOWN)
def test_a_known_vulnerability_exits_with_1_and_what_was_not_checked_with_2(audit, python, trivy):
    done = audit(PYTHON_KNOWN[python], TRIVY[trivy])
    expected = 1 if "vulnerable" in (python, trivy) else 0 if (python, trivy) == ("checked", "clean") else 2
    assert (done.returncode, done.stderr) == (expected, ""), done.stdout


@pytest.mark.parametrize(
    ("failing", "status"),
    [
        ("scripts/setup", 1),
        ("path/docker", 1),
        (".venv/bin/cyclonedx-py", 1),
        ("path/trivy", 1),
        (".venv/bin/python", 137),  # killed
    ],
)
def test_a_program_that_fails_is_no_vulnerability(audit, tmp_path, failing, status):
    assert audit([CHECKED], 0).returncode == 0
    program(tmp_path / failing, f'case "$*" in "image inspect"*) ;; *) exit {status} ;; esac')
    done = subprocess.run(
        [tmp_path / "scripts" / "audit"], env={"PATH": str(tmp_path / "path")}, capture_output=True, check=False
    )
    assert done.returncode == 2, done.stdout
