import numpy as np
import pytest

from seriesbox.tables.table import Table
from stress.fuzz import fuzz_models, fuzz_requests

MAY_BE = {200, 400, 404, 405, 406, 413, 415, 501}


@pytest.mark.parametrize("model", ["cnn", "one_column"])
def test_no_request_is_a_500_or_goes_unanswered(request, model):
    statuses = fuzz_requests(request.getfixturevalue(model), count=400, seed=1)
    assert statuses[200] > 0
    assert statuses.keys() <= MAY_BE


def test_every_changed_model_is_refused_or_can_be_used(one_column):
    outcomes = fuzz_models(one_column, Table.of(np.arange(9.0)[:, None]), count=200, seed=1)
    assert outcomes["refused"] > 0
    assert sum(outcomes.values()) == 200
