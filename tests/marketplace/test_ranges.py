"""Every tunable hyperparameter gives a model at both ends of its range, if there is enough data.

Most other sizes are the smallest here; `benchmarks.ranges` has them at their defaults.
"""

import numpy as np
import pytest

from marketplace.files import published, samples_folder
from seriesbox.algorithm import estimator_class, predict, predictor_class
from seriesbox.errors import UserError
from seriesbox.hyperparameters import Hyperparameters
from seriesbox.run import Run
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.table import Table

# Instead of the smallest: fewer windows, enough features to tell a thousand series apart, and an end after a second.
INSTEAD = {
    "clusters": 2,
    "sequence-stride": 50,
    "filters": 2,
    "reduced-size": 8,
    "output-size": 8,
    "epochs": 2,
    "max-seconds": 1,
}
ENDS = [
    (name, each.name, value)
    for name in published()
    for each in predictor_class(name).Hyperparameters.declarations()
    for value in each.values
    if each.tunable
]


# A network that has learnt for a second on a busy machine may give two of a thousand series the same features.
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@pytest.mark.parametrize(("name", "hyperparameter", "value"), ENDS)
def test_both_ends_train_a_model_that_predicts(name, hyperparameter, value):
    assert trains(name, smallest(name, **{hyperparameter: value}))


def test_an_end_that_does_not_train_is_noticed(name):
    """A negative rate stands for the end of a range: a copy is not validated."""
    assert not trains(name, smallest(name).model_copy(update={"lr": -1}))


def smallest(name: str, **given: int | float | str) -> Hyperparameters:
    """Return the smallest sizes, apart from those that are given."""
    sizes = {each: low for algorithm, each, low in reversed(ENDS) if algorithm == name and isinstance(low, int)}
    known = predictor_class(name).Hyperparameters
    return known.parse(sizes | {each: value for each, value in INSTEAD.items() if each in known.names()} | given)


def trains(name: str, given: Hyperparameters) -> bool:
    """Return True if fitting gives a model of numbers that predicts numbers. Rows are added while they are too few."""
    noise = np.random.default_rng(0)
    series = parse_csv((samples_folder(name) / "training" / "training.csv").read_bytes(), "").values
    rows = 20
    while rows < 10**6:
        data = np.resize(series, (int(rows), series.shape[1])) + noise.normal(0, 0.1, (int(rows), series.shape[1]))
        try:
            model = estimator_class(name).fit(given, [Table.of(data)], [], Run())
            answer = predict(model.predictor(), model.predictor().probe())[-1]
            return all(np.isfinite(each).all() for each in [*map(np.asarray, model.state_dict().values()), answer])
        except UserError:
            rows *= 1.25
        except (ValueError, RuntimeError):
            return False
    return False
