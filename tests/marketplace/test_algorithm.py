"""The documents say what the code does."""

import json
import re

import pytest

from demo.archive import CNN_KMEANS, LSTM_AD
from marketplace import rules, shapes
from marketplace.algorithm import NOBODY, document, hyperparameters, request, values, written
from seriesbox.algorithm import ALGORITHMS, infer, predictor

CREATE = shapes.operation("CreateAlgorithm").input_shape


def test_the_documents_are_those_of_the_declarations(name):
    assert document(name).read_text() == written(request(name, NOBODY)), ".venv/bin/python -m marketplace.algorithm"


def test_the_documents_are_sound(name):
    kept = json.loads(document(name).read_text())
    assert not shapes.faults(CREATE, kept)
    assert not rules.faults(kept, name)


def test_what_is_declared_is_what_train_takes(name):
    for declared in hyperparameters(name)[1:]:
        for value in [declared["DefaultValue"], *values(declared)]:
            predictor(name).Hyperparameters.parse({declared["Name"]: value})


@pytest.mark.parametrize(("given", "name"), [(CNN_KMEANS, "cnn-kmeans"), (LSTM_AD, "lstm-ad")])
def test_the_published_hyperparameters_are_declared_and_tell_their_algorithm(given, name):
    assert given.keys() <= {declared["Name"] for declared in hyperparameters(name)}
    assert infer(given) == name


def test_the_expressions_read_every_value_that_a_training_prints(name, logs):
    lines = [line for line in logs[name].splitlines() if line.startswith("epoch: ")]
    assert len(lines) == 2
    for line in lines:
        printed = dict(re.findall(r"(\S+): (\S+)", line))
        for metric in request(name, NOBODY)["TrainingSpecification"]["MetricDefinitions"]:
            assert re.findall(metric["Regex"], line) == [printed[metric["Name"]]]


def test_every_version_has_a_name_of_its_own():
    names = {request(name, NOBODY)["AlgorithmName"] for name in ALGORITHMS}
    assert names == {f"{name}-{NOBODY.version.replace('.', '-')}" for name in ALGORITHMS}
