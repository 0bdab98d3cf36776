"""The notebooks, as a subscriber runs them; only what subscribing tells them is replaced.

`scripts/test-image -k notebook --keep` writes what the cells show into them.
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from aws import FOLDER, NAMES
from local_mode import nothing_left_behind
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from notebook_differences import differences
from s3 import s3_server

IMAGE_TESTS = Path(__file__).parents[1]
PROJECT = IMAGE_TESTS.parents[1]
SETTINGS = """
from subscriber import Session

algorithm_arn, role, session = Session.begin({name!r}, {folder!r})
"""


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


@pytest.fixture
def _s3(tmp_path, monkeypatch) -> Iterator[None]:
    with s3_server(tmp_path) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        yield


@pytest.mark.usefixtures("_s3")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NAMES)
def test_every_cell_of_a_notebook_does_what_it_shows_and_nothing_is_left(name, tmp_path, monkeypatch, pytestconfig):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, [PROJECT, IMAGE_TESTS, IMAGE_TESTS / "sdk2"])))
    path = FOLDER / name / "notebook.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)

    done, left = executed(notebook, SETTINGS.format(name=name, folder=str(tmp_path)), path.parent)
    assert left == "[]"
    if pytestconfig.getoption("keep"):
        nbformat.write(done, path)
    else:
        assert differences(notebook, done) == []


def executed(notebook: NotebookNode, settings: str, folder: Path) -> tuple[NotebookNode, str]:
    """The notebook with what its cells show by other settings than it has, but not what the SDK says on the way.

    And what the account still has after the last cell.
    """
    notebook = deepcopy(notebook)
    (cell,) = (cell for cell in notebook.cells if "settings" in cell.metadata.get("tags", []))
    shown, cell.source = cell.source, settings
    notebook.cells.append(new_code_cell("session.left()"))
    NotebookClient(notebook, resources={"metadata": {"path": folder}}, record_timing=False).execute()
    cell.source = shown
    (left,) = notebook.cells.pop().outputs
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
    return notebook, left.data["text/plain"]
