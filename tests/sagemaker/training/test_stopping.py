"""A job that is asked to stop in any phase, more than once: `stoppable.py` sends the signals."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.tables.csv import parse_csv, write_csv

LSTM = {"model": "lstm-ad", "epochs": "2", "context-length": "20", "prediction-length": "5", "hidden-size": "4"}
CNN = {"model": "cnn-kmeans", "epochs": "2", "clusters": "2", "blocks": "1", "filters": "4", "output-size": "4"}
READING, STEP, METRICS, CHECKPOINT = "read_channels", "_Loop.step", "metrics", "Checkpoints.save"
FITTING, SAVING, AFTER = "fitting", "save", "Group.barrier"
PHASES = [READING, STEP, METRICS, CHECKPOINT, FITTING, SAVING, AFTER]  # the functions that they begin with
OF_ALGORITHM = {
    "lstm-ad": {METRICS: "LSTMAD.mean_errors", FITTING: "LSTMAD.held_out_errors"},
    "cnn-kmeans": {METRICS: "CNNKMeans.features", FITTING: "CNNKMeans.cluster"},  # which metrics call too
}
ONCE = {READING: 1, SAVING: 1, AFTER: 1}
CALLS = {  # that a job makes at least
    "lstm-ad": {**ONCE, STEP: 9, METRICS: 2, CHECKPOINT: 9, FITTING: 1},
    "cnn-kmeans": {**ONCE, STEP: 9, METRICS: 3, CHECKPOINT: 9, FITTING: 3},
}


@pytest.fixture(scope="module")
def bodies(two_shapes, wave):
    return {"lstm-ad": write_csv(wave), "cnn-kmeans": write_csv(two_shapes[0].values)}


@pytest.fixture(scope="module")
def stopped(make_job, bodies):
    """Run a job that is asked to stop, and return its exit code."""
    environment = make_job("server").environment | {"SERIESBOX_CHECKPOINT_SECONDS": "0"}
    with subprocess.Popen(
        [sys.executable, Path(__file__).with_name("stoppable.py")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:

        def stopped(hyperparameters, function, call, again):
            job, model = make_job("train"), hyperparameters["model"]
            job.set(hyperparameters)
            job.put("training", "a.csv", bodies[model])
            (job.base / "checkpoints").mkdir()
            at, then = (OF_ALGORITHM[model].get(each, each) for each in (function, again))
            print(job.base, at, call, then, file=server.stdin, flush=True)
            return job, int(server.stdout.readline())

        yield stopped
        server.stdin.close()


@given(st.sampled_from([LSTM, CNN]), st.sampled_from(PHASES), st.integers(1, 9), st.sampled_from(PHASES))
@settings(max_examples=5)
@example(LSTM, READING, 1, READING)
@example(CNN, STEP, 1, AFTER)
@example(LSTM, METRICS, 1, SAVING)
@example(CNN, METRICS, 2, FITTING)
@example(CNN, CHECKPOINT, 3, CHECKPOINT)
@example(CNN, FITTING, 3, SAVING)
@example(LSTM, FITTING, 1, CHECKPOINT)
@example(LSTM, SAVING, 1, SAVING)
@example(CNN, AFTER, 1, AFTER)
def test_a_stop_in_any_phase_leaves_a_model_or_says_why_there_is_none(
    stopped, bodies, hyperparameters, function, call, again
):
    job, code = stopped(hyperparameters, function, call, again)
    log = (job.base / "log").read_text()
    assert call > CALLS[hyperparameters["model"]][function] or "asked at" in log
    if f"asked at {READING}" in log:
        assert (code, job.failure.read_text()) == (1, STOPPED_BEFORE_TRAINING)
        assert not any((job.base / "model").iterdir())
    else:
        assert code == 0, log
        assert not job.failure.exists()
        table = parse_csv(bodies[hyperparameters["model"]], "the data")
        assert np.isfinite(predict(load(job.base / "model").predictor(), table)[-1]).all()
