"""The sample data of both listings, made here and free for any use (CC0-1.0).

`.venv/bin/python -m marketplace.samples` writes it: the inputs, whose bytes follow from their seeds, and the outputs,
which come from the commands `train` and `serve`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from demo import synthetic
from demo.container import CommandError, csv, invoke, lay_out, serve, train
from marketplace import press
from marketplace.folder import FOLDER, sample_hyperparameters, samples_folder
from marketplace.press import Stroke

FAULTS = {12: ("leak", Stroke(leak=0.15)), 25: ("jam", Stroke(jam=12)), 38: ("friction", Stroke(friction=0.15))}
LICENSE = b"""seriesbox generated these files; its authors have given them to the public domain by CC0 1.0 Universal
(https://creativecommons.org/publicdomain/zero/1.0/legalcode): copy, change and publish them without asking.
"""
OUTPUTS = {"response.csv": "request.csv", "batch.csv.out": "batch/batch.csv"}  # and what they are the answers to

Files = dict[str, bytes]  # by their path in a folder of samples


def heartbeats() -> Files:
    """For CNN-KMeans: single heartbeats of three kinds, as long as the heart took for them, some with gaps."""
    beats = synthetic.clustering(seed=1, train=200, test=100)  # with seed 0 one beat lies between two clusters
    return {
        "training/training.csv": csv(beats.train[:160]),
        "validation/validation.csv": csv(beats.train[160:]),
        "batch/batch.csv": csv(beats.test),
        "request.csv": csv(beats.test[:5]),
        "planted.csv": "".join(f"{row},{kind}\n" for row, kind in enumerate(beats.kinds)).encode(),
        "LICENSE.txt": LICENSE,
    }


def telemetry() -> Files:
    """For LSTM-AD: three sensors of a press, sound but for three strokes of the batch file."""
    rng = np.random.default_rng(0)
    training, validation = (press.record([Stroke()] * strokes, rng).sensors for strokes in (80, 25))
    strokes = [Stroke()] * 50
    for stroke, (_, faulty) in FAULTS.items():
        strokes[stroke] = faulty
    batch, edges = press.record(strokes, rng)
    return {
        "training/training.csv": csv(training),
        "validation/validation.csv": csv(validation),
        "batch/batch.csv": csv(batch),
        "request.csv": csv(batch[edges[22] : edges[27]]),  # the jam, and strokes before and after
        "planted.csv": "".join(
            f"{edges[at]},{edges[at + 1] - 1},{fault}\n" for at, (fault, _) in FAULTS.items()
        ).encode(),
        "LICENSE.txt": LICENSE,
    }


INPUTS = {"cnn-kmeans": heartbeats, "lstm-ad": telemetry}


def outputs(name: str, inputs: Files, workplace: Path) -> Files:
    """What the commands `train` and `serve` make of the inputs. Raises CommandError."""
    opt_ml = workplace / "ml"
    training, validation = inputs["training/training.csv"], inputs["validation/validation.csv"]
    lay_out(opt_ml, sample_hyperparameters(name), training, validation)
    train(opt_ml, workplace / "train.log", lambda line: None)
    with serve(opt_ml, workplace / "serve.log") as url:
        return {output: invoke(url, inputs[request]) for output, request in OUTPUTS.items()}


def main() -> None:
    """Write the samples of both listings."""
    for name, make in INPUTS.items():
        inputs = make()
        with tempfile.TemporaryDirectory() as workplace:
            files = inputs | outputs(name, inputs, Path(workplace))
        for path, content in files.items():
            file = samples_folder(name) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            print(f"{file.relative_to(FOLDER.parent)}: {len(content):,} bytes")


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(f"\n{error}")
