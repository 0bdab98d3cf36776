"""The pages say what the code does, and have all that the Marketplace wants."""

import ast
import re
from itertools import chain
from string import Template

import numpy as np
import pytest

from listing import algorithm, effects, eula, examples, fields, instances, shapes
from listing.facts import facts, least_rows
from listing.fields import FIELDS, sections
from listing.page import REPOSITORY, TEMPLATE, document, page
from listing.profile import FOLDER
from seriesbox.algorithm import ALGORITHMS, estimator, predictor
from seriesbox.group import Group
from seriesbox.tables.table import Table

PROJECT = FOLDER.parent
KEPT = {name: document(name).read_text() for name in ALGORITHMS}
CALLS = [
    pytest.param(call, id=f"{name} {call.operation}")
    for name in ALGORITHMS
    for call in chain(
        [examples.training(name), examples.transform(name)], examples.model(name), examples.endpoint(name)
    )
]


def test_the_pages_are_those_of_the_code(name):
    assert page(name) == KEPT[name], ".venv/bin/python -m listing.page"


def test_the_eula_is_plain_text_that_ends_with_the_license():
    assert eula.EULA.read_text() == eula.text(), ".venv/bin/python -m listing.page"
    assert eula.text().isascii()
    assert eula.text().endswith(eula.LICENSE.read_text())


def test_the_pages_have_every_field(name):
    assert fields.faults(KEPT[name]) == []


@pytest.mark.parametrize("heading", FIELDS)
def test_a_field_that_is_missing_empty_or_too_long_is_caught(heading):
    kept, field = KEPT["cnn-kmeans"], FIELDS[heading]
    words = sections(kept)[heading]
    whole = f"## {heading}\n\n{words}\n"
    assert whole in kept
    assert fields.faults(kept.replace(whole, "")) == [f"{heading} is missing."]
    assert fields.faults(kept.replace(whole, f"## {heading}\n\n")) == [f"{heading} is empty."]
    (fault,) = fields.faults(kept.replace(whole, whole[:-1] + "x" * (field.characters + 1)))
    assert fault.endswith(f"characters, but {field.characters} is the most.")


@pytest.mark.parametrize(("heading", "detail"), [(each, detail) for each in FIELDS for detail in FIELDS[each].details])
def test_a_detail_that_is_missing_or_empty_is_caught(heading, detail):
    kept = KEPT["cnn-kmeans"]
    words = sections(sections(kept)[heading], level=3)[detail]
    before, after = kept.split(f"## {heading}\n", 1)
    whole = f"### {detail}\n\n{words}"
    assert whole in after
    for instead in ("", f"### {detail}\n\n"):
        broken = f"{before}## {heading}\n" + after.replace(whole, instead, 1)
        assert fields.faults(broken) == [f"{heading}: {detail} is missing or empty."]


def test_too_many_items_and_fields_of_ones_own_are_caught():
    assert fields.faults(KEPT["lstm-ad"].replace("- Structured", "- Structured\n- Audio\n- Video")) == [
        "Categories: 4 items, but 3 is the most."
    ]
    assert fields.faults(KEPT["lstm-ad"] + "\n## Price\n\nNone\n") == ["Price: there is no such field."]


def test_every_hyperparameter_has_its_effect():
    declared = {each["Name"] for name in ALGORITHMS for each in algorithm.hyperparameters(name)}
    assert declared == effects.EFFECTS.keys()


def test_no_fact_is_gathered_for_nothing(name):
    texts = [TEMPLATE, *FOLDER.glob("*/words.md")]
    used = {each for text in texts for each in Template(text.read_text()).get_identifiers()}
    assert facts(name, REPOSITORY).keys() - used == set()


@pytest.mark.parametrize("call", CALLS)
def test_the_calls_fit_what_aws_takes(call):
    given = {name: value for name, value in call.parameters.items() if name != "Body"}
    in_a_file = ["Body is missing."] if len(given) < len(call.parameters) else []
    assert shapes.faults(shapes.operation(call.operation, call.service).input_shape, given) == in_a_file
    assert not re.search("--[a-z-]+ true", examples.shown(call))  # flags have no value


def test_the_python_code_names_what_is_declared(name):
    given = {}
    for block in re.findall(r"```python\n(.*?)```", KEPT[name], re.DOTALL):
        for call in (node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            given[called] = call
    words = {word.arg: ast.literal_eval(word.value) for word in given["AlgorithmEstimator"].keywords}
    assert words["instance_type"] in instances.TRAINING
    assert words["algorithm_arn"] == examples.arn(name)
    assert words["hyperparameters"].keys() <= {each["Name"] for each in algorithm.hyperparameters(name)}
    predictor(name).Hyperparameters.parse(words["hyperparameters"])
    (channels,) = given["fit"].args
    assert {key.value for key in channels.keys} <= {each["Name"] for each in algorithm.channels()}
    for called in ("deploy", "transformer"):
        assert ast.literal_eval(given[called].args[1]) in instances.INFERENCE
    cut = {word.arg for called in ("transformer", "transform") for word in given[called].keywords}
    assert predictor(name).rows_are_independent == ({"split_type", "assemble_with"} <= cut)


def test_the_least_rows_are_the_least_that_the_code_takes(name):
    training, prediction = least_rows(name)
    defaults = predictor(name).Hyperparameters()
    series = np.random.default_rng(0).normal(size=(training, 3))

    def faults(rows: int, validation: int) -> list:
        return estimator(name).faults(defaults, Group(), [Table.of(series[:rows])], [Table.of(series[:validation])])

    assert faults(training, prediction) == []
    if name == "lstm-ad":  # too few series for the clusters are told from all files together: tests/cnn_kmeans
        assert len(faults(training - 1, prediction - 1)) == 2


@pytest.mark.parametrize("link", sorted({*re.findall(rf"{REPOSITORY}/blob/main/(\S+)", "".join(KEPT.values()))}))
def test_every_link_into_the_project_leads_somewhere(link):
    assert (PROJECT / link).exists()
