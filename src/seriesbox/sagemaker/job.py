"""One training job: read the channels, fit, save."""

import json
import signal
import threading
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from sagemaker_training.errors import ClientError

from seriesbox import metrics
from seriesbox.agreement import TOLERANCE, difference
from seriesbox.algorithm import Estimator, estimator, infer, predictor
from seriesbox.artifact import Runtime, save
from seriesbox.errors import UserError, printable
from seriesbox.hyperparameters import decode
from seriesbox.sagemaker.channels import read_channels
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.machine import usable_cores
from seriesbox.sagemaker.paths import Paths
from seriesbox.tables.table import Table
from seriesbox.training import Run


def run() -> None:
    """Do the part of this host in the job that the `/opt/ml` tree describes. Raises ClientError, nothing else."""
    paths, stop = Paths(), threading.Event()
    try:
        cluster = Cluster(paths)
        if cluster.is_first:
            with cluster.others_waiting(stop.is_set):
                _train(paths, stop)
        else:
            connection = cluster.reach_first()
            _on_signals(lambda *_: None)  # the first host gets them too, and saves what it has
            cluster.wait(connection)
    except UserError as error:
        raise ClientError(printable(str(error))) from None
    except BaseException as error:
        traceback.print_exc()
        reason = f"Training failed inside seriesbox, the log says where: {type(error).__name__}: {error}"
        raise ClientError(printable(reason)) from None


def _train(paths: Paths, stop: threading.Event) -> None:
    given = _hyperparameters(paths)
    named = decode(given.pop("model", None))
    name = infer(given) if named is None else str(named)
    algorithm = estimator(name)
    hyperparameters = predictor(name).Hyperparameters.parse(given)
    print(f"{name} {hyperparameters.model_dump_json(by_alias=True)}", flush=True)

    faults = partial(algorithm.faults, hyperparameters)
    training, validation = read_channels(paths, predictor(name).rows_are_independent, faults)
    sample = training[0].head(predictor(name).rows_at_once(hyperparameters))  # fitting uses the tables up

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
    run = Run(device, report=lambda epoch, values: print(metrics.line(epoch, values), flush=True), stopped=stop.is_set)
    _on_signals(lambda *_: stop.set())  # from here on there is something to save
    model = algorithm.fit(hyperparameters, training, validation, run)
    if stop.is_set():
        print("Stopped: the model is as the last step left it.", flush=True)
    _save(model.to(torch.device("cpu")), sample, paths)
    print(f"Saved the model to {paths.model}.", flush=True)


def _save(model: Estimator, sample: Table, paths: Paths) -> None:
    """Save, once it is known how the model can be served."""
    runtime: Runtime = "onnx"
    if (found := difference(model, sample)) > TOLERANCE:
        runtime = "torch"
        print(f"onnxruntime differs by {found:.1e} on this model: it will be served by torch.", flush=True)
    save(model, paths.model, runtime)


def _on_signals(handler: Callable[..., None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def _hyperparameters(paths: Paths) -> dict[str, Any]:
    """What the user set: the platform's own entries are left out."""
    platform = ("sagemaker_", "_tuning_objective_metric")
    given = json.loads(paths.hyperparameters.read_bytes())
    return {name: value for name, value in given.items() if not name.startswith(platform)}
