"""The image in a real Docker engine. Nothing here imports seriesbox: the tests call the image only."""

import os

import pytest
from problem import Problem

import demo.cnn_kmeans.archive
import demo.cnn_kmeans.synthetic
import demo.lstm_ad.archive
import demo.lstm_ad.synthetic
from demo.container import csv

# SageMaker's SDK looks for them while it is imported, and without the second for AWS as well.
os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep", action="store_true", help="keep what the cells of the notebooks show now")


@pytest.fixture(scope="session")
def clustering() -> Problem:
    """Heartbeats of different lengths, some with gaps."""
    beats = demo.cnn_kmeans.synthetic.generate(seed=0, train=60, test=20)
    published = demo.cnn_kmeans.archive.HYPERPARAMETERS
    return Problem(published, csv(beats.train[:40]), csv(beats.train[40:]), csv(beats.test), 51, 0)


@pytest.fixture(scope="session")
def detection() -> Problem:
    """Two columns: an ECG, and the breath."""
    record = demo.lstm_ad.synthetic.generate(seed=0, train=30, test=20)
    published = demo.lstm_ad.archive.HYPERPARAMETERS
    return Problem(published, csv(record.train), csv(record.train[:1000]), csv(record.test), 3, 100)


@pytest.fixture(params=["clustering", "detection"])
def problem(request) -> Problem:
    return request.getfixturevalue(request.param)
