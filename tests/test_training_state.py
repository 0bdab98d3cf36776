"""An interrupted training that is resumed ends as the one that never stopped: to the last bit, on a CPU."""

from contextlib import suppress
from functools import cache
from itertools import count

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.errors import DataError, HyperparameterError, UserError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.optimization import Optimization
from seriesbox.run import Run
from seriesbox.tables.table import Table
from seriesbox.training import optimize
from seriesbox.training_state import Progress
from tests.memory_store import MemoryStore
from tests.number_channel import NumberChannel
from tests.recorder import Recorder

EPOCHS = 4


def problem(algorithm, patience=0):
    random = np.random.default_rng(0)
    if algorithm is CNNKMeans:
        sizes = CNNKMeansHyperparameters(
            clusters=3, blocks=1, filters=3, reduced_size=3, output_size=3, epochs=EPOCHS, patience=patience, lr=0.1
        )
        return sizes, random.normal(size=(35, 12)), random.normal(size=(9, 12))
    sizes = LSTMADHyperparameters(
        context_length=4, prediction_length=2, hidden_size=3, batch_size=8, epochs=EPOCHS, patience=patience, lr=0.1
    )
    return sizes, random.normal(size=(400, 1)), random.normal(size=(60, 1))


def fit(algorithm, patience=0, store=None, calls=None):
    """Return the model, what was reported, and whether the run was stopped: once it had asked `calls` times."""
    sizes, training, validation = problem(algorithm, patience)
    asked = count()
    stop = False

    def stopped():
        nonlocal stop
        stop |= next(asked) == calls
        return stop

    recorder = Recorder()
    run = Run(listener=recorder, store=store, stopped=stopped)
    model = algorithm.fit(sizes, [Table.of(training)], [Table.of(validation)], run)
    return model, recorder, stop


uninterrupted = cache(fit)


@pytest.mark.parametrize("patience", [0, 1])
@pytest.mark.parametrize("algorithm", [CNNKMeans, LSTMAD])
@given(stops=st.lists(st.integers(0, 90), max_size=4))
@hypothesis_settings(max_examples=12)
def test_a_training_stopped_anywhere_and_any_number_of_times_ends_as_if_it_had_not_been(algorithm, patience, stops):
    expected, recorder, _ = uninterrupted(algorithm, patience)
    store = MemoryStore()
    for calls in stops:
        with suppress(UserError):  # stopped before the first step
            fit(algorithm, patience, store, calls)
        torch.rand(7)  # what happens elsewhere in between does not count
    model, resumed, stopped = fit(algorithm, patience, store)
    assert not stopped
    assert repr(resumed.history) == repr(recorder.history)
    for name, tensor in expected.state_dict().items():
        assert torch.equal(model.state_dict()[name], tensor), name


@pytest.mark.parametrize("algorithm", [CNNKMeans, LSTMAD])
def test_with_patience_the_best_epoch_remains_and_the_rest_is_not_trained(algorithm):
    patient, recorder, _ = uninterrupted(algorithm, 1)
    metric = "valid_loss" if algorithm is CNNKMeans else "valid_mse"
    losses = [epoch[metric] for epoch in recorder.history]
    best = int(np.argmin(losses))
    assert len(losses) == min(EPOCHS, best + 2)
    assert recorder.of_model == recorder.history[best]
    assert recorder.is_best
    sizes, training, _ = problem(algorithm)
    shorter = algorithm.fit(sizes.model_copy(update={"epochs": best + 1}), [Table.of(training)], [], Run())
    network = "encoder" if algorithm is CNNKMeans else "forecaster"
    expected = getattr(shorter, network).state_dict()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in getattr(patient, network).state_dict().items())


@pytest.mark.parametrize("always_due", [False, True])
def test_a_state_that_is_no_longer_finite_is_never_saved_and_no_stop_hides_why(always_due):
    module, store, steps = torch.nn.Linear(1, 1), MemoryStore(always_due), []

    def loss(batch):
        steps.append(batch)
        return (1e38 * module.weight).square()[0]

    run = Run(store=store, stopped=lambda: len(steps) == 2)
    with pytest.raises(DataError, match="training loss became"):
        optimize(module, NumberChannel(10), loss, lambda mean_loss: {}, Optimization(batch_size=1), run)
    tensors, _ = store.state or ({}, {})
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())


def test_an_epoch_counts_once_it_has_begun():
    Progress(epoch=4).check(epochs=3)
    Progress(epoch=4, steps=1).check(epochs=4)
    for progress, done in [(Progress(epoch=4), "3"), (Progress(epoch=3, steps=1), "2 and a part of the next")]:
        with pytest.raises(HyperparameterError, match=f"has done {done}: give `epochs` 3 or more"):
            progress.check(epochs=2)


def test_epochs_that_a_lower_min_updates_takes_away_are_refused_by_its_name():
    module, run = torch.nn.Linear(1, 1), Run(store=MemoryStore())

    def losses(batch):
        return module(batch[:, None].float())[:, 0]

    def fit(min_updates):
        optimize(module, NumberChannel(10), losses, lambda _: {}, Optimization(epochs=2, min_updates=min_updates), run)

    fit(min_updates=3)
    with pytest.raises(HyperparameterError, match="by `epochs` and `min-updates`, is 2, but"):
        fit(min_updates=0)
