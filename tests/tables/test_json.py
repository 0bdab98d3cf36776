"""Lists of rows, of numbers, or one a line; and what in them is no number."""

import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables.json import parse_row_lines, parse_rows, parse_series, parse_series_lines
from seriesbox.tables.table import Table


def parse(parser, body):
    """All tables of a body."""
    parsed = parser(body, "it")
    return [parsed] if isinstance(parsed, Table) else list(parsed)


@pytest.mark.parametrize(
    ("body", "parser", "values"),
    [
        (b"[1, null, 3]", parse_rows, [[1, np.nan, 3]]),
        (b"[[1], [2, 3]]", parse_rows, [[1, np.nan], [2, 3]]),
        (b"[1, 2]", parse_series, [[1], [2]]),
        (b"[[1, 2], [3, 4]]", parse_series, [[1, 2], [3, 4]]),
        (b"[1, 2]\n\n[3]\n", parse_row_lines, [[1, 2], [3, np.nan]]),
        (b"[1, 2]\r\n", parse_series_lines, [[1], [2]]),
    ],
)
def test_lists_are_rows_or_series(body, parser, values):
    (table,) = parse(parser, body)
    np.testing.assert_array_equal(table.values, values)


@given(st.lists(st.text(max_size=8) | st.integers(-(2**53), 2**53), min_size=1, max_size=4), st.booleans())
def test_ids_come_back_whatever_is_in_them(ids, id_first):
    objects = ({"id": own, "values": [1.5, 2]} if id_first else {"values": [1.5, 2], "id": own} for own in ids)
    body = "\n".join(map(json.dumps, objects)).encode()
    table = parse_row_lines(body, "it")
    np.testing.assert_array_equal(table.values, [[1.5, 2]] * len(ids))
    assert [json.loads(own) for (own,) in table.ids.as_json()] == ids


SCRAP = st.sampled_from(["[", "]", "],[", "[[", "]]", ",", "\n", "1", "2.5", "null", "[1,2]", " "])


@pytest.mark.parametrize("parser", [parse_rows, parse_series, parse_row_lines, parse_series_lines])
@given(
    scraps=st.lists(SCRAP, max_size=20),
    around=st.sampled_from(
        [("", ""), ("[[1,2],[", "]]"), ("[[1,2],[3]", ",4,null]"), ("[[1],", "]"), ("[1,", ",[2]]")]
    ),
    part=st.integers(16, 30),
)
@example(scraps=["[[1,2],[3,4],5,6]"], around=("", ""), part=16)
@example(scraps=["[[1,2],[3,4],null]"], around=("", ""), part=16)
@example(scraps=["[[1],[2],3,4]"], around=("", ""), part=16)
@example(scraps=["[[1],[2] ]"], around=("", ""), part=16)
def test_json_in_any_parts_is_read_or_refused_as_in_one(parser, scraps, around, part):
    body = "".join(scraps).join(around).encode()

    def outcome():
        try:
            return [(table.values.tolist(), table.widths.tolist()) for table in parse(parser, body)]
        except DataError:
            return "refused"

    with pytest.MonkeyPatch.context() as patch:
        expected = repr(outcome())
        for module in ("json", "json_lists", "json_parts", "lines"):
            patch.setattr(f"seriesbox.tables.{module}.PART", part)
        assert repr(outcome()) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"instances": [%b]}', r"what begins with '{\"instances\": \[\[1, 2'"),
        (b"[%b, ", "its list does not end"),
        (b'[%b, [3, "NaN"]]', 'row 300001, column 2 is "NaN"'),
        (b"[%b, [3, NaN], [1]]", "row 300001 is not JSON: .*; a missing value is null"),
        (b"[%b [3]]", "row 30000[12] is not JSON"),
        (b"[%b,]", "row 300001 is not JSON"),
        (b"[%b, 3]", "row 300001 is 3"),
        (b'[%b, [3], ["a]"]]', 'row 300002, column 1 is "a]"'),
        (b"[[null, 1e39], %b]", r"row 1, column 2 is 1e\+?39"),
    ],
)
def test_a_fault_in_one_part_of_many_is_named_with_its_place(body, message):
    rows = b",".join([b"[1, 2]"] * 300_000)
    with pytest.raises(DataError, match=message):
        parse_rows(body % rows, "it")


@pytest.mark.parametrize(
    ("parser", "message"), [(parse_rows, "row 1, column 2000001 is"), (parse_series, "row 2000001, column 1")]
)
def test_a_fault_in_a_long_list_of_numbers_is_named_by_row_and_column(parser, message):
    with pytest.raises(DataError, match=message):
        parser(b"[" + b"1," * 2_000_000 + b"true, 1]", "it")


def test_what_is_wrong_everywhere_is_not_read_to_its_end():
    with pytest.raises(DataError, match=r"and [0-9]+ more; what follows row [0-9]+ was not checked"):
        parse_rows(b"[" + b"[true]," * 1_000_000 + b"[true]]", "it")


@pytest.mark.parametrize(
    ("body", "parser", "message"),
    [
        (b"", parse_rows, "it must be a list of lists of numbers, not nothing"),
        (b"{}", parse_rows, "it must be a list of lists of numbers, not {}"),
        (b'[["1", "nan"]]', parse_rows, 'row 1, column 1 is "1"'),
        (b'["2020"]', parse_series_lines, 'row 1, column 1 is "2020"'),
        (b"[" * 300 + b"]" * 300, parse_rows, "row 1, column 1 is a list"),
        (b"[]", parse_series, "it must be a list of lists of numbers, not"),
        (b"[[1], []]", parse_rows, r"row 2 is \[\]"),
        (b'[[1, true], [2, "3"]]', parse_rows, 'row 1, column 2 is true; row 2, column 2 is "3"'),
        (b"[[1e39]]", parse_rows, r"row 1, column 1 is 1e39|row 1, column 1 is 1e\+39"),
        (b"[NaN]", parse_series, "a missing value is null"),
        (b"[1]\n[1,\n", parse_row_lines, "row 2 is not JSON"),
        (
            b'{"instances": [[1, 2]]}',
            parse_rows,
            r"not an object: give one list per row, such as \[\[1, 2\], \[3, 4\]\]",
        ),
        (b'[[1, "NaN"]]', parse_rows, r'row 1, column 2 is "NaN" \(a missing value is null\)'),
        (b"[1]\n{}\n", parse_series_lines, "line 2 is an object, but not"),
        (b" \n", parse_row_lines, "it is empty"),
        (b" \n", parse_series_lines, "it is empty"),
    ],
)
def test_a_fault_is_named_with_its_place(body, parser, message):
    with pytest.raises(DataError, match=message):
        parse(parser, body)
