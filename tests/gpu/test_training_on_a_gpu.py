from contextlib import suppress
from itertools import count

import numpy as np
import pytest
import torch

from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.errors import UserError
from seriesbox.gradient_step import GradientStep
from seriesbox.network.cuda_graph import Graphed
from seriesbox.run import Run
from tests.gpu.problems import GPU, assert_same, each_algorithm, fit, needs_gpu, sizes, table
from tests.memory_store import MemoryStore
from tests.recorder import Recorder

pytestmark = needs_gpu


@each_algorithm
def test_steps_are_recorded_and_end_as_plain_ones_do(algorithm, monkeypatch):
    recorder = Recorder()
    recorded = fit(algorithm, listener=recorder)
    assert not [sentence for sentence in recorder.warnings if "launches" in sentence]
    assert np.isfinite([list(metrics.values()) for metrics in recorder.history]).all()
    monkeypatch.setattr(Graphed, "__call__", lambda graphed, *inputs: graphed.function(*inputs))
    assert_same(fit(algorithm), recorded)


@each_algorithm
def test_two_trainings_are_the_same_bit_by_bit(algorithm):
    assert_same(fit(algorithm), fit(algorithm))


@each_algorithm
@pytest.mark.parametrize("calls", [3, 9, 17])
def test_a_training_that_is_stopped_and_resumed_ends_as_if_it_had_not_been(algorithm, calls):
    store, asked, stop = MemoryStore(), count(), []

    def stopped():
        if next(asked) == calls:
            stop.append(True)
        return bool(stop)

    with suppress(UserError):  # stopped before the first step
        fit(algorithm, store=store, stopped=stopped)
    assert stop
    torch.rand(7, device=GPU)  # what happens elsewhere in between does not count
    assert_same(fit(algorithm, store=store), fit(algorithm))


@each_algorithm
def test_patience_keeps_the_best_epoch(algorithm):
    recorder = Recorder()
    fit(algorithm, listener=recorder, patience=1, epochs=8, lr=0.2)
    assert recorder.is_best
    name = "valid_loss" if algorithm is CNNKMeans else "valid_mse"
    assert recorder.of_model[name] == min(metrics[name] for metrics in recorder.history)


def test_no_step_waits_for_the_gpu():
    run, hyperparameters = Run(GPU), sizes(CNNKMeans)
    channel = SeriesChannel("training", [table(CNNKMeans)], hyperparameters, run)
    channel.prepare(channel.fit_scaler())
    model = CNNKMeans(hyperparameters, channel.steps).to(GPU)
    optimizer = torch.optim.Adam(model.encoder.parameters(), fused=True, capturable=True)
    step = GradientStep(model.encoder, lambda *batch: model.losses(channel, *batch), optimizer, run, 16)
    items = torch.arange(16, device=GPU)
    for _ in range(3):
        step.take(channel.draw(items), 16)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(5):
            step.take(channel.draw(items), 16)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_what_cannot_be_recorded_is_computed_plainly_and_leaves_nothing_behind():
    sums, warnings = [], []

    def function(tensor):
        if torch.cuda.is_current_stream_capturing():
            tensor.sum().item()
        sums.append(tensor.sum())

    graphed, stream = Graphed(function, GPU, warnings.append), torch.cuda.current_stream()
    for number in range(4):
        graphed(torch.full((2,), number, device=GPU))
        torch.rand(3, device=GPU)
    assert [float(each) for each in sums] == [0, 2, 4, 6]
    assert len(warnings) == 1
    assert torch.cuda.current_stream() == stream


def test_the_memory_of_recordings_is_given_back():
    fit(CNNKMeans)
    torch.cuda.empty_cache()
    before = torch.cuda.memory_reserved()
    fit(CNNKMeans)
    torch.cuda.empty_cache()
    assert torch.cuda.memory_reserved() <= before


@each_algorithm
def test_the_model_agrees_with_onnxruntime_as_one_trained_on_a_cpu_does(algorithm):
    pytest.importorskip("onnxruntime")
    from seriesbox.agreement import difference

    model = fit(algorithm).to(torch.device("cpu"))
    assert difference(model, table(algorithm)) < 1e-5


@each_algorithm
def test_a_gpu_learns_what_a_cpu_learns(algorithm):
    """The draws differ, so the models do; both must have learnt about as much."""
    losses = []
    for device in (GPU, torch.device("cpu")):
        recorder = Recorder()
        fit(algorithm, device, recorder, epochs=30)
        name = "train_loss" if algorithm is CNNKMeans else "train_mse"
        losses.append((recorder.history[0][name], recorder.history[-1][name]))
    (first, last), (first_cpu, last_cpu) = losses
    assert first - last > (first_cpu - last_cpu) / 2 > 0
