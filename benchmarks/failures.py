"""What a training job says that fails: every fault is provoked in a real `train`, on a real `/opt/ml` tree.

Prints a table. Ends with 1 where a job did not fail, where something is left in the place of a model, or where the
reason is missing, longer than SageMaker shows, or a traceback. Only a job that is killed says nothing.

    .venv/bin/python -m benchmarks.failures
"""

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from demo.container import COMMANDS, csv, lay_out
from demo.problems import Hyperparameters
from seriesbox.artifact import save
from seriesbox.errors import LETTERS
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters

WAVE = csv(np.sin(np.arange(400) / 5)[:, None])
SERIES = csv(np.random.default_rng(0).normal(size=(30, 20)))
LSTM: Hyperparameters = {
    "model": "lstm-ad",
    "context-length": 20,
    "prediction-length": 5,
    "hidden-size": 4,
    "epochs": 2,
}
CNN: Hyperparameters = {"model": "cnn-kmeans", "clusters": 2, "blocks": 1, "filters": 4, "epochs": 2}
MEMORY = 4 * 10**9  # bytes of addresses, where there shall be too little
SECONDS = 100

Prepare = Callable[[Path], object]


def job(
    hyperparameters: Hyperparameters = LSTM, training: bytes = WAVE, then: Prepare = lambda folder: None
) -> Prepare:
    """A tree with training data, changed by `then`."""

    def prepare(folder: Path) -> None:
        lay_out(folder, hyperparameters, training)
        then(folder)

    return prepare


def configured(name: str, **changes: object) -> Prepare:
    """A configuration file with other entries."""

    def change(folder: Path) -> None:
        file = folder / "input" / "config" / f"{name}.json"
        file.write_text(json.dumps((json.loads(file.read_bytes()) if file.exists() else {}) | changes))

    return change


def written(path: str, body: bytes) -> Prepare:
    """A file."""

    def write(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)

    return write


def full(path: str) -> Prepare:
    """A file that cannot be written: the disk is full there."""

    def link(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True)
        (folder / path).symlink_to("/dev/full")

    return link


def no_training(folder: Path) -> None:
    """Nothing but a channel of another name."""
    (folder / "input/data/training").rename(folder / "input/data/train")


def another_job_was_here(folder: Path) -> None:
    """A checkpoint of other hyperparameters."""
    (folder / "checkpoints").mkdir()
    run(folder)
    shutil.rmtree(folder / "model")
    configured("hyperparameters", lr="0.5")(folder)


def absurd_weights(folder: Path) -> None:
    """An earlier model whose loss is too large for a number."""
    model = LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), 1)
    model.forecaster.head.weight.data.fill_(1e30)
    save(model, folder / "input/data/model")


FAULTS: dict[str, Prepare] = {
    "a cell that is no number": job(training=WAVE + b"six\n"),
    "a missing cell": job(training=WAVE + b'""\n'),
    "rows of different lengths": job(training=WAVE + b"1,2\n"),
    "a damaged gzip file": job(training=gzip.compress(WAVE)[:-9]),
    "a channel without files": job(then=lambda folder: (folder / "input/data/training/training.csv").unlink()),
    "no training channel": job(then=no_training),
    "a misspelt channel": job(then=configured("inputdataconfig", valid={})),
    "Pipe mode": job(then=configured("inputdataconfig", training={"TrainingInputMode": "Pipe"})),
    "too few rows": job(training=b"1\n" * 99),
    "more clusters than series": job({**CNN, "clusters": 31}, SERIES),
    "an unknown hyperparameter": job({**LSTM, "hiden-size": 4}),
    "several wrong hyperparameters": job({**CNN, "epochs": 0, "blocks": "many", "x": 1}, SERIES),
    "patience without validation": job({**LSTM, "patience": 2}),
    "no such algorithm": job({"model": "kmeans"}),
    "a malformed configuration": job(then=written("input/config/hyperparameters.json", b"epochs=2")),
    "a malformed place for checkpoints": job(then=written("input/config/checkpointconfig.json", b"[]")),
    "a place for checkpoints that cannot be": job(then=configured("checkpointconfig", LocalPath="/dev/null/x")),
    "a model folder that cannot be": job(then=written("model", b"")),
    "a checkpoint of another job": job(then=another_job_was_here),
    "a `model` channel with a damaged archive": job(then=written("input/data/model/model.tar.gz", b"\x1f\x8b\x08")),
    "a `model` channel with nothing": job(then=lambda folder: (folder / "input/data/model").mkdir()),
    "an earlier model of another shape": job({**LSTM, "num-layers": 3}, then=absurd_weights),
    "a loss that is not finite": job(then=absurd_weights),
    "too little memory": job({**LSTM, "hidden-size": 4096, "num-layers": 16}),
    "a disk that is full for the model": job(then=full("model/.model.safetensors")),
    "a GPU instance, an image for CPUs": job(then=configured("resourceconfig", current_instance_type="ml.g5.xlarge")),
    "a failure of the toolkit": job({**LSTM, "sagemaker_s3_output": "ftp://x"}),
    "SIGTERM while the data is read": job(training=b"1\n" * 5_000_000),
    "SIGKILL": job({**LSTM, "epochs": 100_000}),
}
SIGNALS = {"SIGTERM while the data is read": ("lstm-ad ", signal.SIGTERM), "SIGKILL": ("epoch: 1 ", signal.SIGKILL)}
LIMITS = {"too little memory": MEMORY}


def run(folder: Path, limit: int = resource.RLIM_INFINITY, sent: tuple[str, int] = ("", 0)) -> tuple[int, str]:
    """The exit code and the failure file of a training; a signal is sent at the first line that begins so."""
    process = subprocess.Popen(
        [COMMANDS / "train"],
        env=os.environ | {"SAGEMAKER_BASE_DIR": str(folder), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    late = threading.Timer(SECONDS, process.kill)
    late.start()
    line, number = sent
    for said in process.stdout or []:
        if number and said.startswith(line):
            process.send_signal(number)
            number = 0
    code = process.wait()
    late.cancel()
    failure = ""
    with suppress(FileNotFoundError):
        failure = (folder / "output/failure").read_text()
    return code, failure


def main() -> None:
    """Print the table; exit with 1 where something is wrong."""
    print("| fault | exit code | what SageMaker shows |\n|---|---|---|")
    wrong = []
    for fault, prepare in FAULTS.items():
        with tempfile.TemporaryDirectory() as base:
            folder = Path(base) / "ml"
            prepare(folder)
            code, said = run(folder, LIMITS.get(fault, resource.RLIM_INFINITY), SIGNALS.get(fault, ("", 0)))
            left = [path.name for path in (folder / "model").glob("*")]
        print(f"| {fault} | {code} | {said.replace(base + '/ml', '/opt/ml') or 'nothing'} |", flush=True)
        told = 0 < len(said) <= LETTERS and "\n" not in said and not said.startswith(("Traceback", "Framework Error"))
        if left or (code, told) != ((1, True) if fault != "SIGKILL" else (-signal.SIGKILL, False)):
            wrong.append(fault)
    sys.exit(f"Not as it should be: {', '.join(wrong)}." if wrong else 0)


if __name__ == "__main__":
    main()
