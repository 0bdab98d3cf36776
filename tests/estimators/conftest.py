"""Small estimators, fitted once."""

import pytest

from seriesbox import LSTMAD, CNNKMeans

CLUSTERER = {"clusters": 2, "blocks": 1, "filters": 8, "reduced_size": 8, "output_size": 6, "lr": 0.01, "epochs": 5}
DETECTOR = {"context_length": 20, "prediction_length": 5, "hidden_size": 6, "epochs": 3, "false_alarm_rate": 0.01}


@pytest.fixture(scope="session")
def clusters(two_shapes):
    return CNNKMeans(**CLUSTERER).fit(two_shapes[0].values)


@pytest.fixture(scope="session")
def detector(wave):
    return LSTMAD(**DETECTOR).fit(wave)
