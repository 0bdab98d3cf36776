"""The notebooks, as they are committed; tests/image executes them."""

import json
import re
from base64 import b64encode
from io import BytesIO

import pytest
from notebook_differences import differences
from PIL import Image

from marketplace.files import FOLDER, published
from seriesbox.algorithm import estimator_class, predictor_class

NOTEBOOKS = {name: json.loads((FOLDER / name / "notebook.ipynb").read_text()) for name in published()}
SHARED = ["before", "settings", "names", "upload", "train", "best", "deploy"]
SHARED += ["delete_text", "delete", "clean_text", "clean", "v3"]


def test_every_hyperparameter_and_metric_that_is_named_exists(name):
    text = "\n\n".join("".join(cell["source"]) for cell in NOTEBOOKS[name]["cells"])
    explained = re.findall("`([a-z-]+)`", " ".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)))
    assert len(explained) > 3
    assert set(explained) <= set(predictor_class(name).Hyperparameters.names())
    metrics = re.findall(r'"((?:train|valid)_\w+)"', text)
    assert metrics
    assert set(metrics) <= set(estimator_class(name).metrics)


def test_no_account_is_named(name):
    text = json.dumps([cell["source"] for cell in NOTEBOOKS[name]["cells"]])
    assert not re.search(r"(?<!\d)\d{12}(?!\d)", text)


def test_every_cell_of_code_has_been_executed_in_order(name):
    code = [cell for cell in NOTEBOOKS[name]["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in output["data"] for cell in code for output in cell["outputs"])


@pytest.mark.parametrize("cell", SHARED)
def test_what_holds_for_all_algorithms_is_the_same_in_all_notebooks(cell):
    sources = {
        "".join(each["source"]).replace(name, "NAME").replace('"Line"', '"None"')
        for name in published()
        for each in NOTEBOOKS[name]["cells"]
        if each["id"] == cell
    }
    assert len(sources) == 1


def test_another_number_is_a_difference_but_not_what_another_machine_makes_of_it(name):
    texts = [
        "".join(output["data"]["text/plain"]) for cell in NOTEBOOKS[name]["cells"] for output in cell.get("outputs", [])
    ]
    numbers = [(text, found) for text in texts for found in re.finditer(r"(?<!\w)-?\d+(\.\d+)?(?!%)", text)]
    assert len(numbers) > 20
    for text, found in numbers:
        number, decimals = float(found[0]), 6 if "." in found[0] else 0
        close, other = number * (1.01 if decimals else 1), number + 0.2 * abs(number) + 1
        close_text, other_text = (
            f"{text[: found.start()]}{changed:.{decimals}f}{text[found.end() :]}" for changed in (close, other)
        )
        assert differences(showing(text), showing(close_text)) == []
        assert differences(showing(text), showing(other_text))


def test_clusters_may_have_other_numbers_if_they_have_them_everywhere():
    kept = showing("         series\ncluster        \n0            60\n1            13\n2            27")
    renamed = showing("         series\ncluster        \n0            13\n1            27\n2            60")
    moved = showing("         series\ncluster        \n0            13\n1            28\n2            60")
    assert differences(kept, renamed) == []
    assert differences(kept, moved)


def test_a_picture_has_about_its_size_and_something_on_it():
    kept, near, small, empty = (picture(*size) for size in ((900, 260), (910, 255), (450, 260), (900, 260, 0)))
    assert differences(kept, near) == []
    assert differences(kept, small) == differences(kept, empty) == ["`x` shows another picture"]


def picture(width: int, height: int, line: int = 1) -> dict:
    image, file = Image.new("RGB", (width, height), "white"), BytesIO()
    image.putpixel((0, 0), (255 - line, 0, 0) if line else (255, 255, 255))
    image.save(file, "png")
    return showing("picture", **{"image/png": b64encode(file.getvalue()).decode()})


def showing(text: str, **more: str) -> dict:
    """Return a notebook of one cell."""
    return {"cells": [{"id": "x", "outputs": [{"data": {"text/plain": text, **more}}]}]}
