"""One training job: read the channels, fit, save."""

import json
import signal
import threading
import traceback
from typing import Any

import torch
from sagemaker_training.errors import ClientError

from seriesbox import metrics
from seriesbox.algorithm import infer, resolve
from seriesbox.artifact import save
from seriesbox.errors import DataError, UserError
from seriesbox.hyperparameters import decode
from seriesbox.sagemaker.channels import read_channel
from seriesbox.sagemaker.cluster import Cluster
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.train import printable
from seriesbox.training import Run


def run() -> None:
    """Do the part of this host in the job that the `/opt/ml` tree describes. Raises ClientError, nothing else."""
    paths = Paths()
    try:
        cluster = Cluster(paths)
        if cluster.is_first:
            with cluster.others_waiting():
                _train(paths)
        else:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the first host gets it too, and saves what it has
            cluster.wait()
    except UserError as error:
        raise ClientError(printable(str(error))) from None
    except SystemExit as stopped:
        raise ClientError(str(stopped)) from None
    except BaseException as error:
        traceback.print_exc()
        reason = f"Training failed inside seriesbox, the log says where: {type(error).__name__}: {error}"
        raise ClientError(printable(reason)) from None


def _train(paths: Paths) -> None:
    given = _hyperparameters(paths)
    named = decode(given.pop("model", None))
    name = infer(given) if named is None else str(named)
    algorithm = resolve(name)
    hyperparameters = algorithm.Hyperparameters.parse(given)
    print(f"{name} {hyperparameters.model_dump_json(by_alias=True)}", flush=True)

    if not paths.channel("training").is_dir():
        others = ", ".join(sorted(path.name for path in paths.channels.glob("*") if path.is_dir())) or "none"
        raise DataError(f"The job has no `training` channel, only {others}: give the training data under that name.")
    training = read_channel(paths.channel("training"))
    validation = read_channel(paths.channel("validation")) if paths.channel("validation").is_dir() else []

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stop = threading.Event()
    run = Run(device, report=lambda epoch, values: print(metrics.line(epoch, values), flush=True), stopped=stop.is_set)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())  # from here on there is something to save
    model = algorithm.fit(hyperparameters, training, validation, run)
    if stop.is_set():
        print("Stopped: the model is as the last step left it.", flush=True)
    save(model, paths.model)
    print(f"Saved the model to {paths.model}.", flush=True)


def _hyperparameters(paths: Paths) -> dict[str, Any]:
    """What the user set: the platform's own entries are left out."""
    platform = ("sagemaker_", "_tuning_objective_metric")
    given = json.loads(paths.hyperparameters.read_bytes())
    return {name: value for name, value in given.items() if not name.startswith(platform)}
