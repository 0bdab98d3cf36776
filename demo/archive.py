"""The two problems on published data, in the formats of the UCR archives (README, "Real data")."""

import re
from pathlib import Path

import numpy as np

from demo.problems import Clustering, Detection, Hyperparameters, Series

KINDS = {1: "normal", -1: "infarction"}  # the classes of ECG200
# As the published notebooks have them.
CNN_KMEANS: Hyperparameters = {
    "clusters": 2,
    "algorithm": "lloyd",
    "blocks": 1,
    "filters": 50,
    "kernel-size": 3,
    "reduced-size": 100,
    "output-size": 50,
    "negative-samples": 10,
    "lr": 0.001,
    "batch-size": 64,
    "epochs": 50,
}
LSTM_AD: Hyperparameters = {
    "context-length": 100,
    "prediction-length": 10,
    "sequence-stride": 10,
    "hidden-size": 32,
    "num-layers": 2,
    "dropout": 0.5,
    "lr": 0.001,
    "batch-size": 128,
    "epochs": 100,
}
ANOMALY_FILE = re.compile(
    r"(?P<number>\d+)_UCR_Anomaly_(?P<name>.+)_(?P<train_end>\d+)_(?P<start>\d+)_(?P<end>\d+)\.txt"
)


def clustering(folder: Path) -> Clustering | None:
    """ECG200, wherever it lies under `folder`, at the published hyperparameters; None where it is not."""
    train, test = _ecg200(folder, "TRAIN"), _ecg200(folder, "TEST")
    if not train or not test:
        return None
    return Clustering(
        title="the heartbeats of ECG200",
        unit="standard deviations",
        train=[series for _, series in train],
        test=[series for _, series in test],
        kinds=[KINDS[label] for label, _ in test],
        normal="normal",
        known="labelled",
        hyperparameters=CNN_KMEANS,
    )


def detection(folder: Path, number: int | None = None) -> Detection | None:
    """File `number` of the anomaly archive under `folder`, by default 179 or else the first; None where it is not."""
    files = ((ANOMALY_FILE.fullmatch(path.name), path) for path in folder.rglob("*.txt"))
    found = {int(match["number"]): (match, path) for match, path in files if match}
    wanted = number or (179 if 179 in found else min(found, default=179))
    if wanted not in found:
        return None
    match, path = found[wanted]
    values = np.loadtxt(path).ravel()  # one value per line, in a few files all on one
    train_end, start, end = (int(match[name]) for name in ("train_end", "start", "end"))
    return Detection(
        title=f"UCR anomaly {wanted} ({match['name']})",
        unit="units of the file",
        train=values[:train_end],
        test=values[train_end:],
        anomaly=range(start - train_end, end - train_end + 1),
        known="labelled",
        hyperparameters=LSTM_AD,
    )


def _ecg200(folder: Path, part: str) -> list[tuple[int, Series]]:
    """The class and the series of every line, from the first file of that name."""
    paths = sorted(path for path in folder.rglob(f"ECG200_{part}.*") if path.suffix in (".txt", ".tsv"))
    return [(int(row[0]), row[1:]) for row in np.loadtxt(paths[0])] if paths else []
