"""One training in this process, from tables to an artifact: what Python and the command line share."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

from seriesbox.agreement import first_rows, runtime_for
from seriesbox.algorithm import estimator_class, predictor_class
from seriesbox.artifact import Artifact
from seriesbox.description import Runtime
from seriesbox.distributed import Group
from seriesbox.errors import raise_errors
from seriesbox.listener import Listener
from seriesbox.optimization import Optimization
from seriesbox.run import Run, StoppedError
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.stack import TableStack
from seriesbox.tables.suspects import suspects
from seriesbox.tables.table import Table


class Data(NamedTuple):
    """The tables of a training, whose memory it takes over, and labelled ones that judge the model."""

    training: TableStack
    validation: Sequence[Table] = ()
    test: Sequence[Labelled] = ()


def fit(
    algorithm: str, hyperparameters: Optimization, data: Data, listener: Listener, stopped: Callable[[], bool]
) -> Artifact:
    """Return the model that a training job makes of the same data, on a GPU if there is one.

    stopped: returns whether to end with what has been learnt. torch's generators are left as they were.
    Raises UserError if the data do not fit the hyperparameters, or if it is stopped before the first step.
    """
    estimator, predictor = estimator_class(algorithm), predictor_class(algorithm)
    training, validation, test = data
    _check(algorithm, hyperparameters, data)
    for sentence in hyperparameters.warnings():
        listener.warn(sentence)
    for sentence in suspects(training, predictor.rows_are_independent, hyperparameters.variables_per_row):
        listener.warn(sentence)
    names, compared = training.columns.names, first_rows(training, predictor.min_rows(hyperparameters))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run = Run(device=device, listener=listener, stopped=stopped)
    with torch.random.fork_rng([torch.cuda.current_device()] if device.type == "cuda" else []):
        model = estimator.fit(hyperparameters, training, validation, run)
        if test:
            try:
                listener.judged(run.interruptible(lambda: model.judge(test, listener)))
            except StoppedError:
                listener.warn("Stopped: the labels were not used.")
    model.to(torch.device("cpu"))
    # If it is stopped, nobody wants to wait.
    runtime: Runtime = "onnx" if stopped() else runtime_for(model, compared, Group(), listener.warn)
    return Artifact.of(model, runtime, names)


def _check(algorithm: str, hyperparameters: Optimization, data: Data) -> None:
    """Raise DataError with every fault if labelled tables have one. Of the others alone, the training raises them."""
    channel = estimator_class(algorithm).channel_class
    if faults := channel.test_faults(hyperparameters, data.test, data.training.values.shape[1]):
        raise_errors([*channel.faults(hyperparameters, data.training, data.validation, Group()), *faults])
