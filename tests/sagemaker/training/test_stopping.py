"""A job that is asked to stop, in any phase and more than once."""

import signal

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.tables.csv import parse_csv
from tests.job import CNN, LSTM

READING, STEP, METRICS, CHECKPOINT = "read_channels", "_Loop.step", "metrics", "Checkpoints.save"
FITTING, SAVING, AFTER = "fitting", "save", "Group.barrier"
PHASES = [READING, STEP, METRICS, CHECKPOINT, FITTING, SAVING, AFTER]  # the functions that they begin with
FUNCTIONS_OF = {
    "lstm-ad": {METRICS: "LSTMAD.mean_errors", FITTING: "WindowChannel.held_out_errors"},
    "cnn-kmeans": {METRICS: "gather_features", FITTING: "fit_clustering"},  # which metrics call too
}
ONCE = {READING: 1, SAVING: 1, AFTER: 1}
MIN_CALLS = {  # that a job of two epochs makes
    "lstm-ad": {**ONCE, STEP: 9, METRICS: 2, CHECKPOINT: 9, FITTING: 1},
    "cnn-kmeans": {**ONCE, STEP: 9, METRICS: 3, CHECKPOINT: 9, FITTING: 3},
}
# A job that sends itself a signal at one call of a function, and again at the next call of another.
STOPPED = """
import os, signal, sys
from seriesbox.sagemaker.training.command import main

function, calls, again = {function!r}, {calls!r}, {again!r}

def watch(frame, event, _):
    global function, calls
    if event == "call" and frame.f_code.co_qualname == function:
        calls -= 1
        if not calls:
            print("stopped at", function, flush=True)
            function, calls = again, 1
            os.kill(os.getpid(), signal.SIGTERM)

sys.setprofile(watch)
main()
"""


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
    make_job, bodies, hyperparameters, phase, calls, again
):
    job, algorithm = make_job("train"), hyperparameters["model"]
    job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
    job.set({**hyperparameters, "epochs": "2"})
    job.put("training", "a.csv", bodies[algorithm])
    job.checkpoints.mkdir()
    function, other = (FUNCTIONS_OF[algorithm].get(each, each) for each in (phase, again))
    done = job.start(STOPPED.format(function=function, calls=calls, again=other))
    code, log = done.returncode, done.stdout
    assert calls > MIN_CALLS[algorithm][phase] or "stopped at" in log
    if f"stopped at {READING}" in log:
        assert (code, job.failure.read_text()) == (1, STOPPED_BEFORE_TRAINING)
        assert not any(job.model.iterdir())
    else:
        assert code == 0, log
        assert not job.failure.exists()
        table = parse_csv(bodies[algorithm], "the data")
        assert np.isfinite(predict(load(job.model).predictor(), table)[-1]).all()


def test_a_job_that_is_stopped_saves_what_the_last_step_left(job, bodies):
    job.set({**LSTM, "epochs": "100000"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    process = job.start()
    process.wait_for("epoch: 3 ")
    for _ in range(2):  # a second one changes nothing
        process.send(signal.SIGTERM)
    assert process.returncode == 0
    table = parse_csv(bodies["lstm-ad"], "the series")
    assert np.isfinite(predict(load(job.model).predictor(), table)[20:]).all()


def test_a_job_that_is_stopped_before_it_trains_leaves_no_model(job):
    job.set(LSTM)
    job.put("training", "a.csv", b"1\n" * 5_000_000)  # a second or two to read
    process = job.start()
    process.wait_for("lstm-ad {")
    process.send(signal.SIGTERM)
    assert process.returncode == 1
    assert job.failure.read_text() == STOPPED_BEFORE_TRAINING
    assert not any(job.model.iterdir())
