import pytest

from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.run import Run
from seriesbox.tables.table import Table
from tests.lstm_ad.small import SMALL


@pytest.fixture(scope="session")
def model(wave) -> LSTMAD:
    return LSTMAD.fit(SMALL, [Table.of(wave)], [], Run())
