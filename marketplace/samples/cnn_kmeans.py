"""Samples for CNN-KMeans: heartbeats of three kinds, as long as the heart took for them, some with gaps."""

from demo.cnn_kmeans import synthetic
from demo.container import csv


def inputs() -> dict[str, bytes]:
    """Return the files by path. `planted.csv` has the kind of every heartbeat in the batch file."""
    beats = synthetic.generate(seed=1, train=200, test=100)  # with seed 0 one beat lies between two clusters
    return {
        "training/training.csv": csv(beats.train[:160]),
        "validation/validation.csv": csv(beats.train[160:]),
        "batch/batch.csv": csv(beats.test),
        "request.csv": csv(beats.test[:5]),
        "planted.csv": "".join(f"{row},{kind}\n" for row, kind in enumerate(beats.kinds)).encode(),
    }
