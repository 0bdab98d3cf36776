"""Series of several variables in JSON: lists of lists become rows, a variable after the other."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables.json import parse_row_lines, parse_rows
from seriesbox.tables.labelled import Labelled

MODULES = ("json", "json_lists", "json_parts", "lines")
NUMBERS = st.none() | st.integers(-99, 999)
SERIES = st.lists(st.lists(NUMBERS, min_size=1, max_size=30), min_size=3, max_size=3)


def row(series: list[list[float | None]]) -> list[float]:
    longest = max(map(len, series))
    return [np.nan if cell is None else cell for each in series for cell in each + [None] * (longest - len(each))]


@pytest.mark.parametrize("separators", [(",", ":"), (" ,\n ", ":")])
@given(series=st.lists(SERIES, min_size=1, max_size=5), part=st.sampled_from([8, 30, 100, 1 << 18]))
def test_rows_are_the_same_however_the_text_is_cut_into_parts(series, part, separators):
    rows = [row(each) for each in series]
    with pytest.MonkeyPatch.context() as patch:
        for module in MODULES:
            patch.setattr(f"seriesbox.tables.{module}.PART", part)
        body, lines = json.dumps(series, separators=separators), "\n".join(map(json.dumps, series))
        tables = [parse_rows(body.encode(), "it", 3), parse_row_lines(lines.encode(), "it", 3)]
        alone = parse_rows(json.dumps(series[0], separators=separators).encode(), "it", 3)
    for table in tables:
        assert table.widths.tolist() == list(map(len, rows))
        for values, expected in zip(table.values, rows, strict=True):
            np.testing.assert_array_equal(values[: len(expected)], expected)
            assert np.isnan(values[len(expected) :]).all()
    np.testing.assert_array_equal(alone.values, [rows[0]])


def test_a_label_comes_in_a_list_before_the_variables():
    body = b"[[[1], [2, 3], [4]], [[0], [5], [6]]]"
    labelled = Labelled.of(parse_rows(body, "it", 2, labels=1))
    np.testing.assert_array_equal(labelled.labels, [1, 0])
    np.testing.assert_array_equal(labelled.table.values, [[2, 3, 4, np.nan], [5, 6, np.nan, np.nan]])
    np.testing.assert_array_equal(labelled.table.widths, [4, 2])


COUNTS = r"it must have a list for each of 2 variables \(`variables`\) in every row: "


@pytest.mark.parametrize(
    ("body", "parser", "message"),
    [
        (b"[1, 2]", parse_rows, "it is a list of numbers: give a list of lists for each series, one per variable"),
        (b"{}", parse_rows, "it must be a list of lists of numbers, not {}"),
        (b"[[1], [2], [3]]", parse_rows, COUNTS + r"row 1 has more than 2 lists\."),
        (b"[[[1], [2]], [[3]], [[4], [5], [6]]]", parse_rows, COUNTS + "row 2 has 1 list; row 3 has 3 lists"),
        (
            b"[[1], [2]]\n[3, 4]\n5\n[]\n[[1],\n",
            parse_row_lines,
            COUNTS + r"row 2 is a list of numbers; row 3 is 5; row 4",
        ),
        (
            b'[[[1], [2, true]], [["x"], [3]]]',
            parse_rows,
            'row 1, list 2, column 2 is true; row 2, list 1, column 1 is "x"',
        ),
        (b"[[[1], []], [[2], [3]]]", parse_rows, r"row 1, list 2 is \[\]"),
        (b"[[[[1]], [[2]]]]", parse_rows, "row 1, list 1, column 1 is a list"),
        (b"[[[1], [2]], [[3], [4]]", parse_rows, r"row \d is not JSON"),
        (b" \n", parse_row_lines, "it is empty"),
    ],
)
def test_faults_are_named_with_their_places(body, parser, message):
    for size in (1 << 18, 8):
        with pytest.MonkeyPatch.context() as patch:
            for module in MODULES:
                patch.setattr(f"seriesbox.tables.{module}.PART", size)
            if size > 8:
                with pytest.raises(DataError, match=message):
                    parser(body, "it", 2)
            else:  # other words may be found for it, or fewer places
                with pytest.raises(DataError):
                    parser(body, "it", 2)


def test_lists_of_lists_are_refused_where_rows_have_one_variable():
    for body, parser in ((b"[[[1, 2], [3, 4]]]", parse_rows), (b"[[1, 2], [3, 4]]\n", parse_row_lines)):
        with pytest.raises(
            DataError, match=r"row 1, column 1 is a list\. A list for each variable is for trainings with"
        ):
            parser(body, "it")


def test_labels_that_are_not_alone_are_named():
    with pytest.raises(DataError, match="the label alone in the first list of every row: row 2 has 2 numbers there"):
        parse_rows(b"[[[1], [2], [3]], [[1, 1], [2], [3]]]", "it", 2, labels=1)


def test_variables_that_would_be_filled_up_far_beyond_what_was_given_are_refused():
    body = b"[[%b], %b]" % (b",".join([b"1"] * 200_000), b", ".join([b"[1]"] * 99))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="row 1 has variables of 1 to 200000 numbers"):
            parse_rows(body, "it", 100)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(body)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("series", [1, 10_000])
def test_a_large_body_takes_no_more_memory_than_a_request_reserves(series):
    steps = 1_000_000 // series
    variable = b"[" + b",".join([b"12345"] * steps) + b"]"
    body = b"[" + b",".join([b"[%b,%b]" % (variable, variable)] * series) + b"]"
    tracemalloc.start()
    try:
        assert parse_rows(body, "it", 2).values.shape == (series, 2 * steps)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body) + 50_000_000
    finally:
        tracemalloc.stop()
