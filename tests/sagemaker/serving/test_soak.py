import pytest

from stress.soak import soak


@pytest.mark.parametrize(("model", "record"), [("cnn", (1, 40)), ("one_column", (5, 1))])
def test_every_answer_is_right_under_mixed_load(request, model, record):
    observed, faults = soak(request.getfixturevalue(model), record, megabytes=1, seconds=4, seed=1)
    assert not faults
    assert {outcome.kind for outcome in observed.outcomes} == {"valid", "invalid", "left"}
