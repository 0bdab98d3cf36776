"""The commands take no arguments, and say what they read instead."""

import re
import subprocess

import pytest

from tests.forked import PROJECT
from tests.job import COMMANDS


@pytest.mark.parametrize("command", ["train", "serve"])
@pytest.mark.parametrize("argument", ["--help", "-h"])
def test_help_says_how_the_command_is_set_up(command, argument):
    done = subprocess.run([COMMANDS / command, argument], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"usage: {command}\n")
    assert "SAGEMAKER_BASE_DIR" in done.stdout
    assert not done.stderr
    assert max(map(len, done.stdout.splitlines())) < 120


@pytest.mark.parametrize("command", ["train", "serve"])
def test_an_argument_is_refused_with_a_sentence(job, command):
    done = subprocess.run(
        [COMMANDS / command, "--port", "80"], env=job.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    sentence = f"`{command}` takes no arguments, but got '--port 80': `{command} --help` says what it reads."
    assert done.stderr.splitlines()[-1].endswith(sentence)
    assert not job.model.exists()


def test_every_documented_variable_is_in_the_help_of_a_command():
    settings = (PROJECT / "docs/operations.md").read_text().partition("\n## Settings\n")[2]
    documented = set(re.findall(r"^\| `(\w+)` \|", settings, re.MULTILINE))
    helps = "".join(subprocess.check_output([COMMANDS / each, "-h"], text=True) for each in ("train", "serve"))
    assert documented
    assert documented <= set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b", helps))
