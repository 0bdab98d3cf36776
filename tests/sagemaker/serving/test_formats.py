"""Bodies in every format, written by us and by others, come back as the tables they were."""

import json
import tracemalloc

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.formats.content_type import CSV, JSON, JSON_LINES, TEXTS, ContentType
from seriesbox.formats.writing import TableAnswer, Writer
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.sagemaker.serving.formats import read
from seriesbox.tables.table import LARGEST

KINDS = {True: CNNKMeansPredictor, False: LSTMADPredictor}
FLOATS = st.floats(allow_infinity=False, width=32)
TABLES = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=FLOATS)


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("rows_are_independent", [True, False])
@given(values=TABLES, size=st.integers(1, 5))
def test_what_is_written_in_any_chunks_is_read_as_it_was(form, rows_are_independent, values, size):
    values[:, -1] = np.nan_to_num(values[:, -1])  # in CSV, a row of one missing value would be a blank line
    chunks = [values[first : first + size] for first in range(0, len(values), size)]
    body = b"".join(Writer(form, []).write([TableAnswer(iter(chunks), len(values))], rows_are_independent))
    assert body.endswith(b"\n")
    assert not body.endswith(b"\n\n")
    assert b"nan" not in body.lower()
    (table,) = read(body, ContentType(form, False), KINDS[rows_are_independent])
    np.testing.assert_array_equal(table.values.astype(np.float32), values)


@pytest.mark.parametrize("form", TEXTS)
@given(
    rows=st.lists(st.lists(st.none() | st.floats(-LARGEST, LARGEST), min_size=1, max_size=6), min_size=1, max_size=6)
)
def test_rows_of_any_lengths_as_other_programs_write_them_are_read_as_they_were(form, rows):
    if form == CSV:
        body = "\n".join(",".join("" if cell is None else str(cell) for cell in row) or '""' for row in rows)
    else:
        body = json.dumps(rows) if form == JSON else "\n".join(map(json.dumps, rows))
    (table,) = read(body.encode(), ContentType(form, False), CNNKMeansPredictor)
    widths = [len(row) for row in rows]
    padded = [[np.nan if cell is None else cell for cell in row] + [np.nan] * (max(widths) - len(row)) for row in rows]
    np.testing.assert_array_equal(table.widths, widths)
    np.testing.assert_allclose(table.values, padded, rtol=1e-15, atol=1e-300)


@given(st.lists(TABLES, min_size=1, max_size=4))
def test_one_line_is_one_series_if_rows_depend_on_each_other(series):
    body = b"".join(
        Writer(JSON_LINES, []).write((TableAnswer(iter([values]), len(values)) for values in series), False)
    )
    assert body.count(b"\n") == len(series)
    for table, values in zip(read(body, ContentType(JSON_LINES), LSTMADPredictor), series, strict=True):
        np.testing.assert_array_equal(table.values.astype(np.float32), values)


def test_several_series_in_one_json_are_a_list_of_them():
    series = [np.ones((2, 1), np.float32), np.zeros((1, 1), np.float32)]
    body = b"".join(Writer(JSON, []).write((TableAnswer(iter([values]), len(values)) for values in series), False))
    assert orjson.loads(body) == [[[1.0], [1.0]], [[0.0]]]


def test_many_short_series_are_never_in_memory_together():
    count = 5_000
    body = b"[1,2,3]\n" * count
    tracemalloc.start()
    try:
        tables = read(body, ContentType(JSON_LINES), LSTMADPredictor)
        for _ in range(2):  # to be checked, and to be predicted
            assert sum(len(table.values) for table in tables) == 3 * count
        answers = Writer(JSON, []).write(
            (TableAnswer(iter([table.values]), len(table.values)) for table in tables), False
        )
        assert sum(map(len, answers)) == len(b"[[1.0],[2.0],[3.0]],") * count + len("]\n")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
