import json
import tracemalloc

import numpy as np
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seriesbox.errors import DataError
from seriesbox.sagemaker.serving.formats import read, write
from seriesbox.sagemaker.serving.negotiation import CSV, FORMATS, JSON, JSON_LINES
from seriesbox.tables.table import LARGEST

FLOATS = st.floats(allow_infinity=False, width=32)
TABLES = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=FLOATS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("independent", [True, False])
@given(values=TABLES, cut=st.integers(1, 5))
def test_what_is_written_in_any_pieces_is_read_as_it_was(form, independent, values, cut):
    values[-1, -1] = 1  # in CSV, rows of missing values at the end would be blank lines
    pieces = [values[first : first + cut] for first in range(0, len(values), cut)]
    body = b"".join(write([iter(pieces)], form, independent))
    assert body.endswith(b"\n")
    assert not body.endswith(b"\n\n")
    assert b"nan" not in body.lower()
    (table,) = read(body, form, False, independent)
    np.testing.assert_array_equal(table.values.astype(np.float32), values)


@pytest.mark.parametrize("form", FORMATS)
@given(
    rows=st.lists(st.lists(st.none() | st.floats(-LARGEST, LARGEST), min_size=1, max_size=6), min_size=1, max_size=6)
)
def test_rows_of_any_lengths_as_other_programs_write_them_are_read_as_they_were(form, rows):
    rows[-1][-1] = 1.0  # in CSV, missing values alone at the end would be blank lines
    if form == CSV:
        body = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    else:
        body = json.dumps(rows) if form == JSON else "\n".join(map(json.dumps, rows))
    (table,) = read(body.encode(), form, False, True)
    widths = [len(row) for row in rows]
    padded = [[np.nan if cell is None else cell for cell in row] + [np.nan] * (max(widths) - len(row)) for row in rows]
    np.testing.assert_array_equal(table.widths, widths)
    np.testing.assert_allclose(table.values, padded, rtol=1e-15, atol=1e-300)


@given(st.lists(TABLES, min_size=1, max_size=4))
def test_one_line_is_one_series_where_rows_depend_on_each_other(series):
    body = b"".join(write([iter([values]) for values in series], JSON_LINES, rows_are_independent=False))
    assert body.count(b"\n") == len(series)
    for table, values in zip(read(body, JSON_LINES, False, False), series, strict=True):
        np.testing.assert_array_equal(table.values.astype(np.float32), values)


def test_many_short_series_are_never_in_memory_together():
    body = b"[1,2,3]\n" * 50_000
    tracemalloc.start()
    try:
        tables = read(body, JSON_LINES, False, False)
        for _ in range(2):  # to be checked, and to be predicted
            assert sum(len(table.values) for table in tables) == 150_000
        answers = write((iter([table.values]) for table in tables), JSON, rows_are_independent=False)
        assert sum(map(len, answers)) == len(b"[[1.0],[2.0],[3.0]],") * 50_000 + len("]\n")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_several_series_in_one_json_are_a_list_of_them():
    series = [np.ones((2, 1), np.float32), np.zeros((1, 1), np.float32)]
    body = b"".join(write([iter([values]) for values in series], JSON, rows_are_independent=False))
    assert orjson.loads(body) == [[[1.0], [1.0]], [[0.0]]]


@pytest.mark.parametrize(
    ("body", "form", "independent", "values"),
    [
        (b"[1, null, 3]", JSON, True, [[1, np.nan, 3]]),
        (b"[[1], [2, 3]]", JSON, True, [[1, np.nan], [2, 3]]),
        (b"[1, 2]", JSON, False, [[1], [2]]),
        (b"[[1, 2], [3, 4]]", JSON, False, [[1, 2], [3, 4]]),
        (b"[1, 2]\n\n[3]\n", JSON_LINES, True, [[1, 2], [3, np.nan]]),
        (b"[1, 2]\r\n", JSON_LINES, False, [[1], [2]]),
    ],
)
def test_lists_are_rows_or_series(body, form, independent, values):
    (table,) = read(body, form, False, independent)
    np.testing.assert_array_equal(table.values, values)


SCRAP = st.sampled_from(["[", "]", "],[", "[[", "]]", ",", "\n", "1", "2.5", "null", "[1,2]", " "])


@pytest.mark.parametrize("form", [JSON, JSON_LINES])
@pytest.mark.parametrize("independent", [True, False])
@given(
    scraps=st.lists(SCRAP, max_size=12),
    around=st.sampled_from(
        [("", ""), ("[[1,2],[", "]]"), ("[[1,2],[3]", ",4,null]"), ("[[1],", "]"), ("[1,", ",[2]]")]
    ),
    piece=st.integers(0, 9),
)
@example(scraps=["[[1,2],[3,4],5,6]"], around=("", ""), piece=3)
@example(scraps=["[[1,2],[3,4],null]"], around=("", ""), piece=3)
@example(scraps=["[[1],[2],3,4]"], around=("", ""), piece=3)
@example(scraps=["[[1],[2] ]"], around=("", ""), piece=3)
def test_json_in_pieces_is_read_or_refused_as_in_one(form, independent, scraps, around, piece):
    body = "".join(scraps).join(around).encode()

    def outcome():
        try:
            return [(table.values.tolist(), table.widths.tolist()) for table in read(body, form, False, independent)]
        except DataError:
            return "refused"

    with pytest.MonkeyPatch.context() as patch:
        expected = repr(outcome())
        patch.setattr("seriesbox.tables.json_lists.PART", piece)
        patch.setattr("seriesbox.tables.lines.PART", piece + 1)
        assert repr(outcome()) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"instances": [%b]}', r"what begins with '{\"instances\": \[\[1, 2'"),
        (b"[%b, ", "its list does not end"),
        (b'[%b, [3, "NaN"]]', 'row 600001, column 2 is "NaN"'),
        (b"[%b, [3, NaN], [1]]", "row 600001 is not JSON: .*; a missing value is null"),
        (b"[%b [3]]", "row 60000[12] is not JSON"),
        (b"[%b,]", "row 600001 is not JSON"),
        (b"[%b, 3]", "row 600001 is 3"),
        (b'[%b, [3], ["a]"]]', 'row 600002, column 1 is "a]"'),
        (b"[[null, 1e39], %b]", r"row 1, column 2 is 1e\+?39"),
    ],
)
def test_a_fault_in_one_piece_of_many_is_named_with_its_place(body, reason):
    rows = b",".join([b"[1, 2]"] * 600_000)
    with pytest.raises(DataError, match=reason):
        read(body % rows, JSON, False, True)


@pytest.mark.parametrize(
    ("independent", "reason"), [(True, "row 1, column 2000001 is"), (False, "row 2000001, column 1")]
)
def test_a_fault_in_a_long_list_of_numbers_is_named_as_what_the_list_is(independent, reason):
    with pytest.raises(DataError, match=reason):
        read(b"[" + b"1," * 2_000_000 + b"true, 1]", JSON, False, independent)


def test_what_is_wrong_everywhere_is_not_read_to_its_end():
    with pytest.raises(DataError, match=r"and [0-9]+ more; what follows row [0-9]+ was not checked"):
        read(b"[" + b"[true]," * 1_000_000 + b"[true]]", JSON, False, True)


@pytest.mark.parametrize(
    ("body", "form", "independent", "reason"),
    [
        (b"", JSON, True, "The request is not JSON"),
        (b"{}", JSON, True, "must be a list of lists of numbers, not {}"),
        (b'[["1", "nan"]]', JSON, True, 'row 1, column 1 is "1"'),
        (b'["2020"]', JSON_LINES, False, 'row 1, column 1 is "2020"'),
        (b"[" * 300 + b"]" * 300, JSON, True, "row 1, column 1 is a list"),
        (b"[]", JSON, False, "must be a list of lists of numbers, not"),
        (b"[[1], []]", JSON, True, r"row 2 is \[\]"),
        (b'[[1, true], [2, "3"]]', JSON, True, 'row 1, column 2 is true; row 2, column 2 is "3"'),
        (b"[[1e39]]", JSON, True, r"row 1, column 1 is 1e39|row 1, column 1 is 1e\+39"),
        (b"[NaN]", JSON, False, "a missing value is null"),
        (b"[1]\n[1,\n", JSON_LINES, True, "row 2 is not JSON"),
        (
            b'{"instances": [[1, 2]]}',
            JSON,
            True,
            r"not an object: give one list per row, such as \[\[1, 2\], \[3, 4\]\]",
        ),
        (b'[[1, "NaN"]]', JSON, True, r'row 1, column 2 is "NaN" \(a missing value is null\)'),
        (b"[1]\n{}\n", JSON_LINES, False, "line 2 must be a list of lists of numbers, not {}"),
        (b" \n", JSON_LINES, True, "is empty"),
    ],
)
def test_a_fault_is_named_with_its_place(body, form, independent, reason):
    with pytest.raises(DataError, match=reason):
        list(read(body, form, False, independent))
