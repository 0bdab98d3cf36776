"""Batch jobs cut files at line ends: independent rows have the same answers however they are cut."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.formats.content_type import CSV, JSON_LINES

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
SERIES = st.lists(st.none() | NUMBERS, min_size=1, max_size=40).filter(lambda cells: {*cells} != {None})
ROWS = st.lists(SERIES, min_size=1, max_size=12)


def as_csv(row):
    return ",".join("" if cell is None else repr(cell) for cell in row)


def labels_and_features(body):
    """Return the labels and the features of lines in either format."""
    rows = [json.loads(f"[{line.strip('[]')}]") for line in body.decode().splitlines()]
    return [row[0] for row in rows], np.array([row[1:] for row in rows])


@pytest.mark.parametrize(("form", "written"), [(CSV, as_csv), (JSON_LINES, json.dumps)])
@given(rows=ROWS, data=st.data())
def test_any_split_at_line_ends_gives_the_same_lines(cnn_server, form, written, rows, data):
    lines = [f"{written(row)}\n".encode() for row in rows]
    cuts = sorted({0, len(rows)} | data.draw(st.sets(st.integers(0, len(rows)))))
    requests = [b"".join(lines[first:end]) for first, end in pairwise(cuts)]
    answers = [cnn_server.post(body, form, form) for body in (b"".join(lines), *requests)]
    assert {answer.status for answer in answers} == {200}
    labels, features = labels_and_features(answers[0].body)
    split_labels, split_features = labels_and_features(b"".join(answer.body for answer in answers[1:]))
    assert len(labels) == len(rows)
    assert split_labels == labels
    np.testing.assert_allclose(split_features, features, rtol=1e-4, atol=1e-5)
