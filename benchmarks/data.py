"""Public data in its published formats, with the labels apart from the values.

`--data` is a folder with some of these:
- `ecg200/ECG200_TRAIN.txt`, `ucr_classification/NAME/NAME_TRAIN.tsv` and their `_TEST` files, from the UCR Time Series
  Archive, www.cs.ucr.edu/~eamonn/time_series_data_2018
- `NAME/NAME_TRAIN.ts` and `_TEST`, of several variables, from the UEA archive, www.timeseriesclassification.com
- `ucr_anomaly/ID_UCR_Anomaly_NAME_TRAINEND_START_END.txt`, from the UCR Anomaly Archive, same site
- `samples/cnn-kmeans`, `samples/lstm-ad`: sample data of github.com/fg-research/cnn-kmeans-sagemaker, lstm-ad-sagemaker
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.tables.csv import parse_csv
from seriesbox.tables.table import Table


class Labelled(NamedTuple):
    """Series to train on, series to judge by, and the classes of the latter."""

    train: Table
    test: Table
    classes: NDArray[np.float64]  # (N of test,)


class Anomaly(NamedTuple):
    """A series whose training part is normal, and an anomaly in the rest."""

    name: str
    train: Table
    test: Table
    rows: range  # of `test`, those of the labelled anomaly


def ecg200(folder: Path) -> Labelled:
    """Return 100 + 100 heartbeats of 96 steps in two classes."""
    return _labelled(folder / "ecg200" / "ECG200_TRAIN.txt", folder / "ecg200" / "ECG200_TEST.txt")


def ucr(archive: Path, name: str) -> Labelled:
    """Return one set of the UCR archive."""
    return _labelled(archive / name / f"{name}_TRAIN.tsv", archive / name / f"{name}_TEST.tsv")


def ucr_names(archive: Path) -> list[str]:
    """Return the names of the sets in a folder."""
    return sorted(file.parent.name for file in existing(archive).glob("*/*_TRAIN.tsv"))


def uea(archive: Path, name: str) -> tuple[int, Labelled]:
    """Return the number of variables of a set of the UEA archive, and the set. A row has a variable after the other."""
    files = [existing(archive / name / f"{name}_{part}.ts").read_text() for part in ("TRAIN", "TEST")]
    train, test = ([line.rpartition(":") for line in file.partition("@data\n")[2].splitlines()] for file in files)
    texts = ("\n".join(values for values, *_ in part).replace(":", ",").replace("?", "") for part in (train, test))
    series, other = (parse_csv(text.encode(), name) for text in texts)
    _, classes = np.unique([label for *_, label in test], return_inverse=True)
    return train[0][0].count(":") + 1, Labelled(series, other, classes.astype(np.float64))


def uea_names(archive: Path) -> list[str]:
    """Return the names of the sets of series of several variables in a folder."""
    return sorted(file.parent.name for file in existing(archive).glob("*/*_TRAIN.ts"))


def cnn_kmeans_sample(folder: Path) -> Labelled:
    """Return the published product's sample data, with the labels that it gave as classes."""
    files = folder / "samples" / "cnn-kmeans"
    train, test, answer = (table(files / f"{name}.csv") for name in ("train", "test", "batch_predictions"))
    return Labelled(train, test, answer.values[:, 0])


def anomaly_numbers(archive: Path) -> list[int]:
    """Return the numbers of the series of the anomaly archive in a folder."""
    return sorted(int(path.name.split("_")[0]) for path in existing(archive).glob("*_UCR_Anomaly_*.txt"))


def anomaly(archive: Path, number: int) -> Anomaly:
    """Return one series of the anomaly archive."""
    (path,) = existing(archive).glob(f"{number:03}_UCR_Anomaly_*.txt")
    *_, name, split, start, end = path.stem.split("_")
    values = _read(path).values.reshape(-1, 1)  # a few files have all values on one line
    train, test = (Table.of(part, path.name) for part in np.split(values, [int(split)]))
    return Anomaly(name, train, test, range(int(start) - int(split), int(end) - int(split) + 1))


def table(path: Path) -> Table:
    """Read a CSV file, by the container's own parser."""
    return parse_csv(existing(path).read_bytes(), path.name)


def existing(path: Path) -> Path:
    """Return the path. Exits if it does not exist, and says what to do."""
    if not path.exists():
        sys.exit(f"{path} is not there: benchmarks/data.py says where the data comes from; give its folder as --data.")
    return path


def _labelled(train: Path, test: Path) -> Labelled:
    (train_values, _), (test_values, classes) = _split(_read(train)), _split(_read(test))
    return Labelled(Table.of(train_values, train.name), Table.of(test_values, test.name), classes)


def _split(table: Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return table.values[:, 1:], table.values[:, 0]


def _read(path: Path) -> Table:
    """Read a file whose cells are separated by commas, tabs or spaces. None of them may be empty."""
    lines = [b",".join(line.replace(b",", b" ").split()) for line in existing(path).read_bytes().splitlines()]
    return parse_csv(b"\n".join(lines), path.name)
