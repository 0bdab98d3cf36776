"""The image in a real Docker engine. Nothing here imports seriesbox: it is the image that is asked."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from demo import synthetic
from demo.archive import CNN_KMEANS, LSTM_AD
from demo.container import csv, lay_out, table

# SageMaker's SDK looks for them while it is imported, and without the second for AWS as well.
os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep", action="store_true", help="keep what the cells of the notebooks show now")


@dataclass(frozen=True)
class Problem:
    """What to train with, as CSV, and what the answer must look like."""

    hyperparameters: dict[str, int | float | str]
    training: bytes
    validation: bytes
    test: bytes
    columns: int
    empty_rows: int  # at the start of the answer

    def lay_out(self, folder: Path, **hyperparameters: int | float | str) -> Path:
        """Write the `/opt/ml` tree of a job into `folder`, with some hyperparameters changed."""
        lay_out(folder, self.hyperparameters | hyperparameters, self.training, self.validation)
        for written in ("model", "output"):
            (folder / written).mkdir()
        return folder

    def check(self, answer: bytes) -> None:
        """Is this the answer to the test data?"""
        assert answer.count(b"\n") == self.test.count(b"\n")
        values = table(answer)
        assert values.shape == (self.test.count(b"\n"), self.columns)
        assert np.isnan(values[: self.empty_rows]).all()
        assert np.isfinite(values[self.empty_rows :]).all()


@pytest.fixture(scope="session")
def clustering() -> Problem:
    """Heartbeats of different lengths, some with gaps."""
    beats = synthetic.clustering(seed=0, train=60, test=20)
    return Problem(CNN_KMEANS, csv(beats.train[:40]), csv(beats.train[40:]), csv(beats.test), 51, 0)


@pytest.fixture(scope="session")
def detection() -> Problem:
    """Two columns: an ECG, and the same upside down and larger."""
    record = synthetic.detection(seed=0, train=30, test=20)
    both = [np.stack([part, 5 - 3 * part], axis=1) for part in (record.train, record.test)]
    return Problem(LSTM_AD, csv(both[0]), csv(both[0][:1000]), csv(both[1]), 3, 100)


@pytest.fixture(params=["clustering", "detection"])
def problem(request) -> Problem:
    return request.getfixturevalue(request.param)
