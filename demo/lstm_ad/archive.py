"""One series of the UCR Anomaly Archive."""

import argparse
import re

import numpy as np

from demo.lstm_ad.problem import Detection
from demo.problem import Hyperparameters

FILES = "the UCR anomaly file asked for (NUMBER_UCR_Anomaly_NAME_TRAINEND_START_END.txt)"
DEFAULT = 179
HYPERPARAMETERS: Hyperparameters = {  # those of the published notebooks
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
FILE = re.compile(r"(?P<number>\d+)_UCR_Anomaly_(?P<name>.+)_(?P<train_end>\d+)_(?P<start>\d+)_(?P<end>\d+)\.txt")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the number of the series."""
    parser.add_argument(
        "--anomaly",
        type=int,
        metavar="NUMBER",
        help=f"the number of the UCR anomaly file below --data (default: {DEFAULT}, or the first one there)",
    )


def find(options: argparse.Namespace) -> Detection | None:
    """Return the series asked for, or 179, or the first one below the folder `options.data`; None if there is none."""
    matches = ((FILE.fullmatch(path.name), path) for path in options.data.rglob("*.txt"))
    files = {int(match["number"]): (match, path) for match, path in matches if match}
    number = options.anomaly or (DEFAULT if DEFAULT in files else min(files, default=DEFAULT))
    if number not in files:
        return None
    match, path = files[number]
    values = np.loadtxt(path).reshape(-1, 1)  # a few files have all values on one line
    train_end, start, end = (int(match[name]) for name in ("train_end", "start", "end"))
    return Detection(
        title=f"UCR anomaly {number} ({match['name']})",
        train=values[:train_end],
        test=values[train_end:],
        anomaly=range(start - train_end, end - train_end + 1),
        known="labelled",
        hyperparameters=HYPERPARAMETERS,
    )
