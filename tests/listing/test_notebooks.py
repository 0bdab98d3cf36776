import ast
import json
import re

import pytest

from listing import samples
from listing.algorithm import channels
from seriesbox.algorithm import ALGORITHMS, estimator, predictor


@pytest.fixture(params=ALGORITHMS)
def name(request) -> str:
    return request.param


@pytest.fixture
def cells(name) -> list[dict]:
    return json.loads((samples.LISTING / name / "notebook.ipynb").read_text())["cells"]


def sources(cells: list[dict], kind: str) -> str:
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == kind)


def assigned(cells: list[dict], name: str) -> list[str]:
    """The keys of the dictionary that a variable is set to."""
    (value,) = (
        statement.value
        for statement in ast.walk(ast.parse(sources(cells, "code")))
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name
    )
    return [ast.literal_eval(key) for key in value.keys]


def test_the_names_are_the_declared_ones(name, cells):
    tunable = {each.name for each in predictor(name).Hyperparameters.declarations() if each.tunable}
    assert tunable.issuperset(assigned(cells, "ranges"))
    assert {channel["Name"] for channel in channels()}.issuperset(assigned(cells, "channels"))
    (objective, best) = re.search(
        r'objective_metric_name="(.*)",\s*objective_type="(.*)"', sources(cells, "code")
    ).groups()
    assert estimator(name).metrics[objective] == best


def test_every_hyperparameter_that_is_explained_is_there(name, cells):
    rows = re.findall(r"^\| (`.*?) \|", sources(cells, "markdown"), flags=re.MULTILINE)
    explained = set(re.findall("`(.*?)`", " ".join(rows)))
    assert explained
    assert explained <= set(predictor(name).Hyperparameters.names())


def test_every_metric_that_is_drawn_is_there(name, cells):
    drawn = re.findall(r'"((?:train|valid)_\w+)"', sources(cells, "code"))
    assert drawn
    assert set(drawn) <= set(estimator(name).metrics)


def test_no_account_is_named(name):
    text = (samples.LISTING / name / "notebook.ipynb").read_text()
    assert not re.search(r"(?<!\d)\d{12}(?!\d)", re.sub(r'"image/png": ".*"', "", text))


def test_every_cell_of_code_shows_what_it_gave(cells):
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell["outputs"])
