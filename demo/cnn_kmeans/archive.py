"""ECG200 of the UCR Time Series Archive: normal heartbeats and infarctions."""

import argparse
from pathlib import Path

import numpy as np

from demo.cnn_kmeans.problem import Clustering
from demo.problem import Hyperparameters, Series

FILES = "ECG200_TRAIN and ECG200_TEST (.txt or .tsv)"
KIND_BY_CLASS = {1: "normal", -1: "infarction"}
HYPERPARAMETERS: Hyperparameters = {  # those of the published notebooks
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


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is one data set only."""


def find(options: argparse.Namespace) -> Clustering | None:
    """Return ECG200 from anywhere below the folder `options.data`; None if it is not there."""
    train, test = _series(options.data, "TRAIN"), _series(options.data, "TEST")
    if not train or not test:
        return None
    return Clustering(
        title="the heartbeats of ECG200",
        train=[series for _, series in train],
        test=[series for _, series in test],
        kinds=[KIND_BY_CLASS[label] for label, _ in test],
        normal="normal",
        known="labelled",
        hyperparameters=HYPERPARAMETERS,
    )


def _series(folder: Path, part: str) -> list[tuple[int, Series]]:
    """Return the class and the series of every line of the first file with this name."""
    paths = sorted(path for path in folder.rglob(f"ECG200_{part}.*") if path.suffix in (".txt", ".tsv"))
    return [(int(row[0]), row[1:]) for row in np.loadtxt(paths[0])] if paths else []
