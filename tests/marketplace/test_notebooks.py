import ast
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from io import BytesIO

import pandas as pd
import pytest
from PIL import Image, ImageDraw

from marketplace.algorithm import channels
from marketplace.folder import FOLDER
from marketplace.notebooks import differences
from seriesbox.algorithm import ALGORITHMS, estimator, predictor


@pytest.fixture(params=ALGORITHMS)
def name(request) -> str:
    return request.param


@pytest.fixture
def cells(name) -> list[dict]:
    return notebook(name)["cells"]


def notebook(name: str) -> dict:
    return json.loads((FOLDER / name / "notebook.ipynb").read_text())


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
    text = (FOLDER / name / "notebook.ipynb").read_text()
    assert not re.search(r"(?<!\d)\d{12}(?!\d)", re.sub(r'"image/png": ".*"', "", text))


def test_every_cell_of_code_shows_what_it_gave(cells):
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell["outputs"])


@pytest.mark.parametrize(
    "cell",
    [
        "before",
        "settings",
        "names",
        "upload",
        "train",
        "best",
        "deploy",
        "delete_text",
        "delete",
        "clean_text",
        "clean",
        "v3",
    ],
)
def test_what_holds_for_both_algorithms_stands_in_both_notebooks(cell):
    said = {name: source(name, cell).replace(name, "NAME").replace('"Line"', '"None"') for name in ALGORITHMS}
    assert said["cnn-kmeans"] == said["lstm-ad"]


def source(name: str, cell: str) -> str:
    (found,) = (each for each in notebook(name)["cells"] if each["id"] == cell)
    return "".join(found["source"])


def test_a_change_of_any_number_that_a_notebook_shows_is_told(name):
    kept = notebook(name)
    assert differences(kept, kept) == []
    changes = list(changed(kept, lambda number: f"{float(number) + 0.2 * abs(float(number)) + 1:.6f}"))
    assert len(changes) > 20
    assert all(differences(kept, each) for each in changes)


def test_what_another_machine_may_make_of_a_number_is_not(name):
    kept = notebook(name)
    for each in changed(kept, lambda number: f"{float(number) * 1.01:.6f}" if "." in number else number):
        assert differences(kept, each) == []


def changed(kept: dict, change: Callable[[str], str]) -> Iterator[dict]:
    """The notebook with one number changed, for every number in a table, or in a text where there is none."""
    for place, cell in enumerate(kept["cells"]):
        for output in cell.get("outputs", []):
            html = "text/html" in output["data"]
            kind, number = ("text/html", r"(?<=<td>)-?[\d.]+(?=</td>)") if html else ("text/plain", r"-?\d+(\.\d+)?")
            text = "".join(output["data"][kind])
            for found in re.finditer(number, text):
                made = deepcopy(kept)
                again = text[: found.start()] + change(found[0]) + text[found.end() :]
                shown = {"text/plain": " ".join(re.findall("<t[hd].*?>(.*?)</t[hd]>", again))} if html else {}
                made["cells"][place]["outputs"] = [output | {"data": output["data"] | {kind: again} | shown}]
                yield made


def test_a_word_and_a_picture_are_missed():
    kept = showing({"text/plain": "3 days"})
    assert differences(kept, showing({"text/plain": "3 nights"}))
    assert differences(
        showing({"text/plain": "picture", "image/png": "iVBO"}), showing({"text/plain": "picture", "image/png": ""})
    )


def test_a_picture_of_another_size_or_with_nothing_on_it_is_told():
    kept = showing(picture(900, 260, line=True))
    assert differences(kept, showing(picture(910, 255, line=True))) == []
    assert differences(kept, showing(picture(450, 260, line=True))) == [
        "`x` shows a picture of (450, 260) instead of (900, 260)"
    ]
    assert differences(kept, showing(picture(900, 260, line=False))) == ["`x` shows a picture of one colour"]


def picture(width: int, height: int, line: bool) -> dict:
    image, file = Image.new("RGBA", (width, height), "white"), BytesIO()
    if line:
        ImageDraw.Draw(image).line([(0, 0), (width, height)], fill="black")
    image.save(file, "png")
    return {"text/plain": "picture", "image/png": b64encode(file.getvalue()).decode()}


def test_a_table_whose_text_is_another_one_is_told():
    (table,), (other,) = tables(pd.DataFrame({"lr": [0.5]})), tables(pd.DataFrame({"lr": [0.6]}))
    mixed = showing(table | {"text/plain": other["text/plain"]})
    assert differences(showing(table), mixed) == ["`x` shows a table whose text is another one"]


def test_clusters_may_have_other_numbers_if_they_have_them_everywhere():
    counts = pd.DataFrame({"series": [60, 13, 27]}, pd.Index([0, 1, 2], name="cluster"))
    answer = pd.DataFrame({"feature": [0.5, 0.7]}, pd.Index([0, 2], name="cluster"))
    kept = showing(*tables(counts, answer))
    others = {0: 2, 1: 0, 2: 1}
    assert differences(kept, showing(*tables(counts.rename(others).sort_index(), answer.rename(others)))) == []
    assert differences(kept, showing(*tables(counts.rename(others).sort_index(), answer)))
    assert differences(kept, showing(*tables(counts.rename({0: 1, 1: 0}), answer.iloc[::-1])))


def tables(*frames: pd.DataFrame) -> list[dict]:
    return [{"text/plain": str(frame), "text/html": frame.to_html()} for frame in frames]


def showing(*shown: dict) -> dict:
    """A notebook of cells that show something."""
    return {"cells": [{"id": "x", "outputs": [{"output_type": "execute_result", "data": each}]} for each in shown]}
