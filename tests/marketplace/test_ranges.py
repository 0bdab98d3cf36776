"""A model comes of every hyperparameter that may be tuned, at both ends of its range, on data that suffices.

The others are small here; `benchmarks.ranges` has them at their defaults.
"""

import numpy as np
import pytest

from marketplace.algorithm import hyperparameters, values
from seriesbox.algorithm import ALGORITHMS, estimator, predict, predictor
from seriesbox.hyperparameters import Hyperparameters
from seriesbox.tables.table import Table
from seriesbox.training import Run

SMALL = {
    "cnn-kmeans": {
        "clusters": 2,
        "blocks": 1,
        "filters": 2,
        "reduced-size": 2,
        "output-size": 8,
        "negative-samples": 1,
    },
    "lstm-ad": {"context-length": 2, "prediction-length": 2, "hidden-size": 2, "sequence-stride": 50, "num-layers": 1},
}


def ends():
    """Of numbers the lowest and the highest, of words all."""
    for algorithm in ALGORITHMS:
        for declared in hyperparameters(algorithm):
            if declared["IsTunable"]:
                for value in values(declared):
                    yield pytest.param(algorithm, declared["Name"], value, id=f"{algorithm} {declared['Name']} {value}")


def data(algorithm: str, rows: int) -> Table:
    """Series of 6 steps, or one of two columns."""
    random = np.random.default_rng(0)
    shape = rows, 6 if algorithm == "cnn-kmeans" else 2
    return Table.of(np.sin(np.arange(rows) / 5)[:, None] + random.normal(0, 0.2, shape))


@pytest.mark.parametrize(("algorithm", "name", "value"), list(ends()))
def test_both_ends_train_a_model_that_predicts(algorithm, name, value):
    assert trains(algorithm, predictor(algorithm).Hyperparameters.parse(sizes(algorithm) | {name: value}))


@pytest.mark.parametrize(("algorithm", "name"), [("cnn-kmeans", "clusters"), ("lstm-ad", "hidden_size")])
def test_an_end_that_does_not_train_is_noticed(algorithm, name):
    """As if zero were in the range: nothing checks what is made like this."""
    given = predictor(algorithm).Hyperparameters.parse(sizes(algorithm)).model_copy(update={name: 0})
    assert not trains(algorithm, given)


def sizes(algorithm: str) -> dict[str, int]:
    return SMALL[algorithm] | {"epochs": 2, "max-seconds": 1}


def trains(algorithm: str, given: Hyperparameters) -> bool:
    """Whether a model comes of it, all numbers, that has an answer of numbers."""
    if algorithm == "cnn-kmeans":
        training, test = data(algorithm, max(20, 2 * given.clusters)), data(algorithm, 5)
    else:
        window = given.context_length + given.prediction_length
        training, test = data(algorithm, 5 * window + 100), data(algorithm, window)
    try:
        model = estimator(algorithm).fit(given, [training], [], Run())
    except (ValueError, RuntimeError):
        return False
    numbers = [tensor.numpy() for tensor in model.state_dict().values()]
    return all(np.isfinite(each).all() for each in [*numbers, predict(model.predictor(), test)[-1]])
