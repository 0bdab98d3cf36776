"""The documents say what the code does."""

import json
import re

import pytest

from demo.archive import CNN_KMEANS, LSTM_AD
from listing import rules, shapes
from listing.algorithm import NOBODY, document, hyperparameters, request, values, written
from seriesbox.algorithm import ALGORITHMS, infer, predictor

CREATE = shapes.operation("CreateAlgorithm").input_shape


def test_the_documents_are_those_of_the_declarations(name):
    assert document(name).read_text() == written(request(name, NOBODY)), ".venv/bin/python -m listing.algorithm"


def test_the_documents_are_sound(name, logs):
    kept = json.loads(document(name).read_text())
    kind = predictor(name)
    assert not shapes.faults(CREATE, kept)
    assert not rules.faults(kept, kind.Hyperparameters.names(), logs[name], kind.rows_are_independent)


def test_what_is_declared_is_what_train_takes(name):
    for declared in hyperparameters(name)[1:]:
        for value in [declared["DefaultValue"], *values(declared)]:
            predictor(name).Hyperparameters.parse({declared["Name"]: value})


@pytest.mark.parametrize(("given", "name"), [(CNN_KMEANS, "cnn-kmeans"), (LSTM_AD, "lstm-ad")])
def test_the_published_hyperparameters_are_declared_and_tell_their_algorithm(given, name):
    assert given.keys() <= {declared["Name"] for declared in hyperparameters(name)}
    assert infer(given) == name


def test_every_metric_is_read_from_every_epoch_of_a_real_log(name, logs):
    for metric in request(name, NOBODY)["TrainingSpecification"]["MetricDefinitions"]:
        assert len(re.findall(metric["Regex"], logs[name])) == 2


def test_every_version_has_a_name_of_its_own():
    names = {request(name, NOBODY)["AlgorithmName"] for name in ALGORITHMS}
    assert names == {f"{name}-{NOBODY.version.replace('.', '-')}" for name in ALGORITHMS}
