import pytest

from benchmarks.soak import soak


@pytest.mark.parametrize(("model", "record"), [("cnn", (1, 40)), ("one_column", (5, 1))])
def test_every_answer_is_right_under_mixed_load(request, model, record):
    seen = soak(request.getfixturevalue(model), record, megabytes=1, seconds=2, seed=1)
    assert not [outcome for outcome in seen.outcomes if outcome.bad]
    assert {outcome.kind for outcome in seen.outcomes} == {"valid", "invalid", "left"}
