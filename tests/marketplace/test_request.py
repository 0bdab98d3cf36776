"""The CreateAlgorithm requests say what the code does."""

import json

from marketplace.aws_model import faults, operation
from marketplace.files import FOLDER
from marketplace.request import EXAMPLE_SELLER, document, hyperparameters, request
from seriesbox.algorithm import predictor_class


def test_the_committed_requests_are_those_of_the_code(name):
    committed = (FOLDER / name / "algorithm.json").read_text()
    assert committed == document(request(name, EXAMPLE_SELLER)), ".venv/bin/python -m marketplace.request"
    assert not faults(operation("CreateAlgorithm").input_shape, json.loads(committed))


def test_train_takes_every_default_and_both_ends_of_every_range(name):
    for declared in hyperparameters(name)[1:]:
        (limits,) = declared["Range"].values()
        values = limits.get("Values") or limits.values()
        for value in [declared["DefaultValue"], *values]:
            predictor_class(name).Hyperparameters.parse({declared["Name"]: value})
