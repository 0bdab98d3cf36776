"""The faults of a training job: what a user, the platform or the machine can get wrong."""

import gzip
import json
import resource
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import NamedTuple

import numpy as np

from demo.container import csv, lay_out
from demo.problem import Hyperparameters

WAVE = csv(np.cos(np.arange(400) / 5 + 0.1)[:, None])
SERIES = csv(np.random.default_rng(0).normal(size=(30, 20)))
LSTM: Hyperparameters = {
    "model": "lstm-ad",
    "context-length": 20,
    "prediction-length": 5,
    "hidden-size": 4,
    "epochs": 2,
}
CNN: Hyperparameters = {"model": "cnn-kmeans", "clusters": 2, "blocks": 1, "filters": 4, "epochs": 2}
LITTLE_MEMORY = 4 * 10**9  # bytes of addresses

Change = Callable[[Path], object]  # of the folder of a job


class Fault(NamedTuple):
    """A training job with a fault.

    change: changes the folder of the job.
    then: changes it once more after the job has trained, and the job that fails is the next one.
    signal: a text, and the signal that is sent when it is in the log.
    memory: limits the addresses of the process.
    """

    change: Change = lambda folder: None
    hyperparameters: Hyperparameters = LSTM
    training: bytes = WAVE
    then: Change | None = None
    signal: tuple[str, Signals] | None = None
    memory: int = resource.RLIM_INFINITY

    def lay_out(self, folder: Path) -> None:
        """Write the folder of the job."""
        lay_out(folder, self.hyperparameters, self.training)
        self.change(folder)


def configure(name: str, **entries: object) -> Change:
    """Return a change of entries in a configuration file."""

    def change(folder: Path) -> None:
        file = folder / "input" / "config" / f"{name}.json"
        file.write_text(json.dumps((json.loads(file.read_bytes()) if file.exists() else {}) | entries))

    return change


def write(path: str, body: bytes) -> Change:
    """Return a change that writes a file."""

    def change(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)

    return change


def fill_disk(path: str) -> Change:
    """Return a change after which a file cannot be written, because the disk is full."""

    def change(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True)
        (folder / path).symlink_to("/dev/full")

    return change


def make(path: str) -> Change:
    """Return a change that makes a folder."""
    return lambda folder: (folder / path).mkdir()


def give_absurd_model(folder: Path) -> None:
    """Put a model into the `model` channel whose loss is too large for a number."""
    from seriesbox.artifact import save  # only this fault needs torch, which takes seconds to import
    from seriesbox.lstm_ad.estimator import LSTMAD
    from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters

    model = LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), 1)
    model.forecaster.head.weight.data.fill_(1e30)
    save(model, folder / "input/data/model")


FAULTS: dict[str, Fault] = {
    "a cell that is no number": Fault(training=WAVE + b"six\n"),
    "a header that pandas writes": Fault(training=b"0\n" + b"0.5\n1.25\n" * 200),
    "a column of dates with a header": Fault(
        training=b"time,value\n" + b"".join(b"2026-11-28 00:%02d,1.5\n" % minute for minute in range(60))
    ),
    "a blank line after every row": Fault(training=WAVE.replace(b"\n", b"\n\n")),
    "one series per row for LSTM-AD": Fault(training=SERIES[: SERIES.index(b"\n")]),
    "one column for CNN-KMeans": Fault(hyperparameters=CNN),
    "a content type that is not read": Fault(
        configure("inputdataconfig", training={"ContentType": "application/x-parquet"})
    ),
    "a column that is mostly missing": Fault(training=WAVE + b"nan\n" * 500),
    "a gap as long as a context": Fault(training=WAVE + b"nan\n" * 20 + WAVE),
    "rows of different lengths": Fault(training=WAVE + b"1,2\n"),
    "files of different columns": Fault(write("input/data/training/more.csv", b"1,2\n" * 400)),
    "a file that is no data": Fault(
        write("input/data/training/notes.txt", b"These are notes.\nThey have two lines.\n")
    ),
    "a damaged gzip file": Fault(training=gzip.compress(WAVE)[:-9]),
    "a channel without files": Fault(lambda folder: (folder / "input/data/training/training.csv").unlink()),
    "no training channel": Fault(lambda folder: (folder / "input/data/training").rename(folder / "input/data/train")),
    "a misspelt channel": Fault(configure("inputdataconfig", valid={})),
    "Pipe mode": Fault(configure("inputdataconfig", training={"TrainingInputMode": "Pipe"})),
    "too few rows": Fault(training=b"1\n" * 99),
    "more clusters than series": Fault(hyperparameters={**CNN, "clusters": 31}, training=SERIES),
    "an unknown hyperparameter": Fault(hyperparameters={**LSTM, "hiden-size": 4}),
    "several wrong hyperparameters": Fault(
        hyperparameters={**CNN, "epochs": 0, "blocks": "many", "x": 1}, training=SERIES
    ),
    "patience without validation": Fault(hyperparameters={**LSTM, "patience": 2}),
    "no such algorithm": Fault(hyperparameters={"model": "kmeans"}),
    "a missing configuration": Fault(lambda folder: (folder / "input/config/resourceconfig.json").unlink()),
    "a malformed configuration": Fault(write("input/config/hyperparameters.json", b"epochs=2")),
    "a malformed place for checkpoints": Fault(write("input/config/checkpointconfig.json", b"[]")),
    "a place for checkpoints that cannot be": Fault(configure("checkpointconfig", LocalPath="/dev/null/x")),
    "a model folder that cannot be": Fault(write("model", b"")),
    "a checkpoint of another job": Fault(make("checkpoints"), then=configure("hyperparameters", lr="0.5")),
    "fewer epochs than checkpoints have": Fault(make("checkpoints"), then=configure("hyperparameters", epochs="1")),
    "a `model` channel with a damaged archive": Fault(write("input/data/model/model.tar.gz", b"\x1f\x8b\x08")),
    "a `model` channel with nothing": Fault(make("input/data/model")),
    "a `model` channel with a folder": Fault(write("input/data/model/job/model.tar.gz", b"")),
    "an earlier model of another shape": Fault(give_absurd_model, {**LSTM, "num-layers": 3}),
    "a loss that is not finite": Fault(give_absurd_model),
    "too little memory": Fault(hyperparameters={**LSTM, "hidden-size": 4096, "num-layers": 16}, memory=LITTLE_MEMORY),
    "a disk that is full for the model": Fault(fill_disk("model/.model.safetensors")),
    "a GPU instance, an image for CPUs": Fault(configure("resourceconfig", current_instance_type="ml.g5.xlarge")),
    "a failure of the toolkit": Fault(hyperparameters={**LSTM, "sagemaker_s3_output": "ftp://x"}),
    "SIGTERM while the data is read": Fault(training=b"1\n" * 5_000_000, signal=(" INFO lstm-ad ", SIGTERM)),
    "SIGKILL": Fault(hyperparameters={**LSTM, "epochs": 100_000}, signal=("epoch: 1 ", SIGKILL)),
}
