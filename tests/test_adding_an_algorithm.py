"""The third algorithm of docs/adding-an-algorithm.md: built from the page, trained, served, and taken away."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seriesbox.tables.csv import parse_csv, write_csv
from tests.job import TRAIN

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "adding-an-algorithm.md").read_text()
REGISTRY = "src/seriesbox/algorithm.py"
# A file's name, then text, then the block with its contents.
FILES = dict(re.findall(r"^`(src/\S+)`:.*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
(LINE,) = re.findall(r"^## One line\n.*?^```python\n(.*?\n)```", PAGE, re.MULTILINE | re.DOTALL)
SERVE = "from seriesbox.sagemaker.serving.command import main; main()"


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of the project with the algorithm in it."""
    tree = tmp_path_factory.mktemp("copy") / "project"
    subprocess.run(["git", "clone", "--quiet", "--shared", PROJECT, tree], check=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):  # as it is now, committed or not
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / name, tree / name)
    for name, content in FILES.items():
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text(content)
    registry = (tree / REGISTRY).read_text()
    *_, last = re.findall(r'^    ".*\("seriesbox\..*\n', registry, re.MULTILINE)
    (tree / REGISTRY).write_text(registry.replace(last, last + LINE))
    return tree


@pytest.fixture
def job(make_job, tree):
    """A job whose commands run in the copy."""
    job = make_job("third")
    job.environment["PYTHONPATH"] = os.pathsep.join([str(tree / "src"), job.environment.get("PYTHONPATH", "")])
    return job


def train(job) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", TRAIN]
    return subprocess.run(command, env=job.environment, capture_output=True, text=True, timeout=100, check=False)


def rows() -> np.ndarray:
    """(400, 4): all columns follow two hidden ones, except row 300."""
    random = np.random.default_rng(0)
    values = random.normal(size=(400, 2)) @ random.normal(size=(2, 4)) + random.normal(0, 0.01, (400, 4))
    values[300] += [3, -3, 3, -3]
    return values.astype(np.float32)


def own_tests(tree, *arguments: str) -> str:
    """Return what the copy's own tests print; they must pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"PYTHONPATH": str(tree / "src")}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_it_is_one_package_and_one_line_with_which_the_projects_own_tests_pass(tree):
    assert {Path(name).parent.name for name in FILES} == {"autoencoder"}
    assert len(LINE.splitlines()) == 1
    assert "[autoencoder]" in own_tests(tree, "--collect-only")
    names = ("imports", "algorithm", "metrics")
    own_tests(tree, *(f"tests/test_{name}.py" for name in names), "tests/marketplace/test_request.py")


def test_it_trains_and_serves_and_finds_what_cannot_be_copied(job):
    job.set({"units": "2", "epochs": "40", "lr": "0.01", "batch-size": "20"})
    normal = np.delete(rows(), 300, axis=0)
    job.put("training", "a.csv", write_csv(normal))
    job.put("validation", "a.csv", write_csv(normal[:50]))
    done = train(job)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "autoencoder {" in done.stdout  # told by `units` alone
    first, *_, last = re.findall(r"epoch: \d+ train_mse: ([\d.]+) valid_mse: [\d.]+", done.stdout)
    assert float(last) < float(first) / 10
    with job.serve((sys.executable, "-c", SERVE)) as server:
        answer = parse_csv(server.post(write_csv(rows())).body, "the answer").values
        refused = server.post(b"1,2,,4\n")
    assert answer.shape == (400, 5)
    assert answer[:, 0].argmin() == 300
    np.testing.assert_allclose(np.delete(answer[:, 1:], 300, axis=0), normal, atol=0.5)
    assert (refused.status, refused.message) == (400, "The request must have 4 numbers in every row.")


def test_python_and_the_command_line_have_it(tree, tmp_path):
    (tmp_path / "rows.csv").write_bytes(write_csv(rows()))
    given = ["--units", "3", "--epochs", "2", "--out", str(tmp_path / "model")]
    program = (
        "import sys, seriesbox\n"
        "from seriesbox.commands.main import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "model = seriesbox.load(sys.argv[-1])\n"
        "print(model, *model.score_samples([[0.0, 1, 2, 3]] * 2).shape)"
    )
    command = [sys.executable, "-c", program, "fit", "autoencoder", str(tmp_path / "rows.csv"), *given]
    environment = os.environ | {"PYTHONPATH": str(tree / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Autoencoder(units=3, epochs=2) 2"


def test_its_code_is_as_tidy_as_the_projects(tree):
    for check in (["check"], ["format", "--check"]):
        command = [
            sys.executable,
            "-m",
            "ruff",
            *check,
            "--config",
            PROJECT / "pyproject.toml",
            "src/seriesbox/autoencoder",
        ]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_a_fault_names_it(job):
    job.set({"model": "autoencoder", "units": "0"})
    assert train(job).returncode == 1
    assert job.failure.read_text() == "`units` must be greater than or equal to 1, not 0."
