import pytest

from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.run import Run
from tests.cnn_kmeans.small import SMALL


@pytest.fixture(scope="session")
def model(two_shapes) -> CNNKMeans:
    return CNNKMeans.fit(SMALL, [two_shapes[0]], [], Run())
