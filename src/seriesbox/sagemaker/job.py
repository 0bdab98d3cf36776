"""One training job: read the channels, fit, save."""

import json
import re
import threading
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from sagemaker_training.errors import ClientError

from seriesbox.agreement import TOLERANCE, difference
from seriesbox.algorithm import Estimator, estimator, infer, predictor
from seriesbox.artifact import Runtime, save
from seriesbox.errors import HyperparameterError, UserError
from seriesbox.group import Group
from seriesbox.hyperparameters import decode
from seriesbox.sagemaker.channels import divided_channels, read_channels
from seriesbox.sagemaker.checkpoints import Checkpoints, fingerprint
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.earlier import read_earlier
from seriesbox.sagemaker.machine import has_gpu, job_began, usable_cores
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.reason import reason
from seriesbox.sagemaker.report import Report
from seriesbox.sagemaker.signals import on_signals
from seriesbox.training import Run

GPU_INSTANCES = re.compile(r"ml\.(p|g|gr)\d|local_gpu")


def run() -> None:
    """Do the part of this host in the job that the `/opt/ml` tree describes. Raises ClientError, nothing else."""
    paths = Paths()
    try:
        cluster = Cluster(paths)
        if cluster.size == 1:
            train(paths, Group())
        else:
            cluster.launch()
    except BaseException as error:
        raise ClientError(reason(error)) from None


def train(paths: Paths, group: Group) -> None:
    """Do this process' part of the training; the first one speaks and saves for all. Raises UserError."""
    stop, first = threading.Event(), group.rank == 0
    given = _hyperparameters(paths)
    named = decode(given.pop("model", None))
    earlier = read_earlier(paths.channel("model"))
    name = str(named) if named is not None else earlier.model if earlier else infer(given)
    algorithm = estimator(name)
    if earlier and earlier.model != name:
        raise HyperparameterError(f"The `model` channel holds a model of {earlier.model}, the job is {name}'s.")
    hyperparameters = predictor(name).Hyperparameters.parse(given)
    if earlier:
        hyperparameters = hyperparameters.continuing(earlier.hyperparameters)
    if first:
        print(f"{name} {hyperparameters.model_dump_json(by_alias=True)}", flush=True)
        for note in hyperparameters.notes():
            print(note, flush=True)

    device = _device(paths)
    divided = divided_channels(paths)
    faults = partial(algorithm.faults, hyperparameters, group)
    training, validation = read_channels(paths, predictor(name).rows_are_independent, faults, divided)

    torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
    history: list[dict[str, float]] = []
    folder, store = paths.place_for_checkpoints() if first else None, None
    if group.any(folder is not None):
        channels = {"training": training, "validation": validation}
        of_job = fingerprint(name, hyperparameters, channels, earlier, group)
        store = Checkpoints(folder, of_job) if folder else None
    run = Run(device, stopped=stop.is_set, store=store, history=history, group=group, divided=divided)
    run = replace(run, began=job_began())
    if first:
        report = Report(hyperparameters.epochs, paths.data, history)
        run = replace(run, report=report.epoch, advance=report.advance)
        run = replace(run, resumed=report.resumed, concluded=report.concluded)
    on_signals(lambda *_: stop.set())  # from here on there is something to save
    model = algorithm.fit(hyperparameters, training, validation, run, earlier.estimator() if earlier else None)
    stopped = group.any(stop.is_set())
    if first:
        if stopped:
            print("Stopped: what has been learnt so far is saved.", flush=True)
        model.to(torch.device("cpu"))
        save(model, paths.model, "onnx" if stopped else _runtime(model))  # stopped: there may be seconds left
        print(f"Saved the model to {paths.model}.", flush=True)
    group.wait()


def _device(paths: Paths) -> torch.device:
    """Where to compute. Raises UserError where there is a GPU that torch cannot use: it is paid for."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    instance = str(json.loads(paths.resources.read_bytes()).get("current_instance_type"))
    paid = GPU_INSTANCES.match(instance)
    if torch.version.cuda and (paid or has_gpu()):
        raise UserError("The machine has a GPU, but torch cannot use it: the driver may be too old for this image.")
    if paid:
        raise UserError(
            f"{instance} has a GPU, but this image is built for CPUs: build it with `--build-arg TORCH_BUILD=cu130` "
            "or take an instance without one, such as ml.m5.xlarge."
        )
    return torch.device("cpu")


def _runtime(model: Estimator) -> Runtime:
    """How the model can be served on a CPU."""
    if (found := difference(model)) <= TOLERANCE:  # which NaN is not
        return "onnx"
    print(f"onnxruntime differs from torch by {found:.1e} on this model: torch will serve it.", flush=True)
    return "torch"


def _hyperparameters(paths: Paths) -> dict[str, Any]:
    """What the user set: the platform's own entries are left out."""
    platform = ("sagemaker_", "_tuning_objective_metric")
    given = json.loads(paths.hyperparameters.read_bytes())
    return {name: value for name, value in given.items() if not name.startswith(platform)}
