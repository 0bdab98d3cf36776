import pytest

from seriesbox.algorithm import ALGORITHMS, estimator_class, infer_algorithm, name_of, predictor_class
from seriesbox.errors import HyperparameterError


def test_every_algorithm_can_be_named():
    names = {name: estimator_class(name).__name__ for name in ALGORITHMS}
    assert names.items() >= {"cnn-kmeans": "CNNKMeans", "lstm-ad": "LSTMAD"}.items()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_estimator_knows_the_name_of_its_algorithm(name):
    model = estimator_class(name)(predictor_class(name).Hyperparameters(), 1)
    assert name_of(model) == name


@pytest.mark.parametrize(
    ("names", "algorithm"),
    [
        (["clusters"], "cnn-kmeans"),
        (["epochs", "kernel-size", "lr"], "cnn-kmeans"),
        (["context-length", "epochs"], "lstm-ad"),
        (["context-length", "hidden-size", "clusters"], "lstm-ad"),
        (["context_length"], "lstm-ad"),
    ],
)
def test_the_algorithm_is_inferred_from_its_hyperparameters(names, algorithm):
    assert infer_algorithm(names) == algorithm


@pytest.mark.parametrize("names", [[], ["epochs", "lr"], ["nonsense"]])
def test_an_ambiguous_job_is_asked_to_name_its_algorithm(names):
    with pytest.raises(HyperparameterError, match="set `model` to cnn-kmeans or lstm-ad"):
        infer_algorithm(names)
