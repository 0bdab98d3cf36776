"""Public data in its published formats, labels apart from values.

`--data` is a folder with any of these:
- `ecg200/ECG200_TRAIN.txt`, `ucr_classification/NAME/NAME_TRAIN.tsv` and their `_TEST` files, from the UCR Time Series
  Archive, www.cs.ucr.edu/~eamonn/time_series_data_2018
- `ucr_anomaly/ID_UCR_Anomaly_NAME_TRAINEND_START_END.txt`, from the UCR Anomaly Archive, same site
- `samples/cnn-kmeans`, `samples/lstm-ad`: sample data of github.com/fg-research/cnn-kmeans-sagemaker, lstm-ad-sagemaker
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.csv import parse_csv
from seriesbox.tables.table import Table

UCR_SETS = ("CBF", "Plane", "GesturePebbleZ1", "GunPoint", "Trace", "ECGFiveDays", "DodgerLoopGame")


class Labelled(NamedTuple):
    """Series to train on, series to judge on, and the judge's classes."""

    train: Table
    test: Table
    classes: NDArray[np.float64]  # (N of test,)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The arguments every benchmark has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="the folder of the public data")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    return parser


def ecg200(folder: Path) -> Labelled:
    """100 + 100 heartbeats of 96 steps in two classes."""
    return _labelled(folder / "ecg200" / "ECG200_TRAIN.txt", folder / "ecg200" / "ECG200_TEST.txt")


def ucr(folder: Path, name: str) -> Labelled:
    """One set of the UCR archive."""
    place = folder / "ucr_classification" / name
    return _labelled(place / f"{name}_TRAIN.tsv", place / f"{name}_TEST.tsv")


def _labelled(train: Path, test: Path) -> Labelled:
    (train_values, _), (test_values, classes) = _split(_read(train)), _split(_read(test))
    return Labelled(Table.of(train_values, train.name), Table.of(test_values, test.name), classes)


def _split(table: Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return table.values[:, 1:], table.values[:, 0]


def _read(path: Path) -> Table:
    """A file whose cells are separated by commas, tabs or spaces, none of them empty."""
    lines = [b",".join(line.replace(b",", b" ").split()) for line in found(path).read_bytes().splitlines()]
    return parse_csv(b"\n".join(lines), path.name)


def sample(folder: Path) -> Labelled:
    """The published product's sample data, with the labels it gave as classes."""
    place = found(folder / "samples" / "cnn-kmeans")
    train, test, answer = (table(place / f"{name}.csv") for name in ("train", "test", "batch_predictions"))
    return Labelled(train, test, answer.values[:, 0])


def table(path: Path) -> Table:
    """A CSV file as our own parser reads it."""
    return parse_csv(found(path).read_bytes(), path.name)


class Anomaly(NamedTuple):
    """A series whose training part is normal, and which rows of the rest are not."""

    name: str
    train: Table
    test: Table
    rows: range  # of `test`, the labelled anomaly


def anomalies(folder: Path) -> dict[int, Anomaly]:
    """Every file of the anomaly archive in the folder, by its number."""
    by_number = {}
    for path in sorted(found(folder / "ucr_anomaly").glob("*_UCR_Anomaly_*.txt")):
        number, *_, name, split, start, end = path.stem.split("_")
        values = _read(path).values.reshape(-1, 1)  # a few files hold all values on one line
        train, test = (Table.of(part, path.name) for part in np.split(values, [int(split)]))
        by_number[int(number)] = Anomaly(name, train, test, range(int(start) - int(split), int(end) - int(split) + 1))
    return by_number


def found(path: Path) -> Path:
    """The path itself, or the end of the program with what to do."""
    if not path.exists():
        sys.exit(f"{path} is not there: benchmarks/data.py says where the data comes from; give its folder as --data.")
    return path
