"""The package that pip installs: what is in it, what it needs, and what it says if that is missing."""

import email
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from marketplace.page import REPOSITORY
from seriesbox import CNNKMeans
from tests.installed import PROJECT, add_core, environment, wheel_in

SOURCE = PROJECT / "src"
USER = """
import numpy as np

import seriesbox
from seriesbox import LSTMAD, CNNKMeans

clusters = CNNKMeans(clusters=3, scaling="series").fit(np.zeros((9, 40)))
labels: list[int] = clusters.predict(np.zeros((2, 40))).tolist()
detector = LSTMAD(context_length=50)
scores = detector.fit(np.zeros((2000, 2))).score_samples(np.zeros((100, 2)))
detector.save("model")
model = seriesbox.load("model")
model.report("report.html", [[1.0, 2.0]])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return wheel_in(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory, wheel):
    """The commands of an environment without any other package."""
    return environment(tmp_path_factory.mktemp("empty"), wheel)


@pytest.fixture(scope="module")
def core(tmp_path_factory, wheel):
    """The commands of an environment without the extras."""
    commands = environment(tmp_path_factory.mktemp("core"), wheel)
    add_core(commands)
    return commands


@pytest.fixture(scope="module")
def model(tmp_path_factory, two_shapes):
    small = CNNKMeans(clusters=2, blocks=1, filters=4, reduced_size=4, output_size=4, epochs=1)
    small.fit(two_shapes[0].values).save(folder := tmp_path_factory.mktemp("model"))
    return folder


@pytest.fixture
def data(tmp_path):
    (tmp_path / "series.csv").write_text("1,2\n")
    return tmp_path / "series.csv"


def run(*command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    without_ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, env=without_ours | more, input="", capture_output=True, text=True, check=False)


def test_a_star_imports_what_the_package_offers():
    names = {}
    exec("from seriesbox import *", names)
    assert names.keys() - {"__builtins__"} == {"CNNKMeans", "LSTMAD", "load"}


def test_everything_of_the_source_is_in_the_wheel(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [file for file in (SOURCE / "seriesbox").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert names == {str(file.relative_to(SOURCE)) for file in files}
    assert {"seriesbox/py.typed", "seriesbox/page/index.html", "seriesbox/page/uplot/uPlot.iife.min.js"} <= names


def test_the_wheel_says_what_it_is(wheel):
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(archive.read(name))
    assert (metadata["License-Expression"], metadata["License-File"]) == ("Apache-2.0", "LICENSE")
    assert metadata.get_all("Provides-Extra") == ["train", "serve", "sagemaker"]
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)} <= {
        *metadata.get_all("Classifier")
    }
    for address in metadata.get_all("Project-URL"):
        assert address.partition(", ")[2].startswith(REPOSITORY)


def test_every_package_that_is_declared_is_pinned_for_the_image():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    declared = sum(project["optional-dependencies"].values(), project["dependencies"])
    pinned = {line.partition("==")[0] for line in (PROJECT / "requirements.txt").read_text().splitlines()}
    assert {text.partition(">")[0].lower() for text in declared} <= pinned


def test_importing_needs_no_other_package(empty):
    done = run(empty / "python", "-c", "import seriesbox, sys; print('numpy' in sys.modules)")
    assert (done.returncode, done.stdout) == (0, "False\n")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("serve", 'serve needs Flask and gunicorn: pip install "seriesbox[serve]"'),
        ("train", 'train needs sagemaker-training: pip install "seriesbox[sagemaker]"'),
    ],
)
def test_a_command_says_which_extra_it_needs(empty, tmp_path, command, sentence):
    done = run(empty / command, SAGEMAKER_BASE_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith(f"{sentence}\n")
    assert done.stderr.count("\n") == 1


def test_the_core_predicts(core, model, data):
    labels = run(
        core / "python", "-c", f"import seriesbox; print(*seriesbox.load({str(model)!r}).predict([[1.0, 2.0]]))"
    )
    answer = run(core / "seriesbox", "predict", model, data)
    assert (labels.returncode, answer.returncode) == (0, 0)
    assert answer.stdout.partition(".")[0] == labels.stdout.strip()


def test_the_core_says_what_fit_needs(core, model, data, tmp_path):
    sentence = 'fit needs torch and scikit-learn: pip install "seriesbox[train]"'
    called = run(core / "python", "-c", f"import seriesbox; seriesbox.load({str(model)!r}).fit([[1.0, 2.0]])")
    assert called.stderr.endswith(f"UserError: {sentence}\n")
    command = run(core / "seriesbox", "fit", "cnn-kmeans", data, "--out", tmp_path / "other")
    assert (command.returncode, command.stderr) == (1, f"Error: {sentence}\n")


def test_types_are_checked_from_outside(core, tmp_path):
    mypy = (sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", tmp_path / "cache")
    checked = (*mypy, "--python-executable", core / "python", tmp_path / "user.py")
    (tmp_path / "user.py").write_text(USER)
    assert run(*checked).stdout == "Success: no issues found in 1 source file\n"
    (tmp_path / "user.py").write_text(USER.replace("clusters=3", 'clusters="3"').replace('"series"', '"rows"'))
    errors = run(*checked).stdout
    assert 'Argument "clusters" to "CNNKMeans" has incompatible type "str"; expected "int"' in errors
    assert 'Argument "scaling" to "CNNKMeans" has incompatible type' in errors
