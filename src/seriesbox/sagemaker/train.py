"""`train`: read the channels, fit, save. Whatever fails ends with exit code 1 and one sentence in the failure file.

SageMaker's own toolkit starts it: it sets up logging and writes the success or the failure file. It has holes: it may
exit with 0 after an `OSError` without a number, after `SystemExit`, or when the failure file cannot be written. So
`run` lets nothing past but the toolkit's `ClientError`, and `main` trusts nothing but the success file.
"""

import json
import os
import sys
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
from seriesbox.sagemaker.paths import Paths
from seriesbox.training import Run


def main() -> None:
    """The console command: the toolkit's `train`, with `run` as the training module. Exits the process."""
    paths = Paths()
    paths.output.mkdir(parents=True, exist_ok=True)
    for left_over in (paths.success, paths.failure):  # of an earlier run in the same tree
        left_over.unlink(missing_ok=True)
    for file, keys in paths.configuration.items():  # the toolkit would answer with a traceback
        try:
            absent = keys - json.loads(file.read_bytes()).keys()
            reason = f"{file} lacks {', '.join(sorted(absent))}." if absent else None
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            reason = f"{file} must hold a JSON object, which every job needs: {error}"
        if reason:
            paths.failure.write_text(_printable(reason))
            sys.exit(reason)

    os.environ["SAGEMAKER_TRAINING_MODULE"] = f"{__name__}:{run.__name__}"
    from sagemaker_training.cli.train import main as toolkit  # creates folders and reads the environment when imported

    try:
        toolkit()
    finally:
        sys.exit(0 if paths.success.exists() else 1)


def run() -> None:
    """Train what the `/opt/ml` tree asks for. Raises ClientError, nothing else."""
    try:
        _train(Paths())
    except UserError as error:
        raise ClientError(_printable(str(error))) from None
    except BaseException as error:
        traceback.print_exc()
        reason = f"Training failed inside seriesbox, the log says where: {type(error).__name__}: {error}"
        raise ClientError(_printable(reason)) from None


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
    run = Run(device, report=lambda epoch, values: print(metrics.line(epoch, values), flush=True))
    save(algorithm.fit(hyperparameters, training, validation, run), paths.model)
    print(f"Saved the model to {paths.model}.", flush=True)


def _printable(reason: str) -> str:
    """The text without what cannot be written, such as a file name in no known encoding."""
    return reason.encode("utf-8", "backslashreplace").decode()


def _hyperparameters(paths: Paths) -> dict[str, Any]:
    """What the user set: the platform's own entries are left out."""
    platform = ("sagemaker_", "_tuning_objective_metric")
    given = json.loads(paths.hyperparameters.read_bytes())
    return {name: value for name, value in given.items() if not name.startswith(platform)}
