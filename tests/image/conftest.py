"""The image in a real Docker engine. Nothing here imports seriesbox: it is the image that is asked."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import demo.cnn_kmeans.archive
import demo.cnn_kmeans.synthetic
import demo.lstm_ad.archive
import demo.lstm_ad.synthetic
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
    beats = demo.cnn_kmeans.synthetic.generate(seed=0, train=60, test=20)
    published = demo.cnn_kmeans.archive.HYPERPARAMETERS
    return Problem(published, csv(beats.train[:40]), csv(beats.train[40:]), csv(beats.test), 51, 0)


@pytest.fixture(scope="session")
def detection() -> Problem:
    """Two columns: an ECG, and the same upside down and larger."""
    record = demo.lstm_ad.synthetic.generate(seed=0, train=30, test=20)
    both = [np.concatenate([part, 5 - 3 * part], axis=1) for part in (record.train, record.test)]
    return Problem(demo.lstm_ad.archive.HYPERPARAMETERS, csv(both[0]), csv(both[0][:1000]), csv(both[1]), 3, 100)


@pytest.fixture(params=["clustering", "detection"])
def problem(request) -> Problem:
    return request.getfixturevalue(request.param)
