import pytest

from seriesbox.algorithm import ALGORITHMS


@pytest.fixture(params=ALGORITHMS)
def name(request) -> str:
    return request.param
