"""Ids are carried through as texts, whatever is in them."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.csv_rows import CSVRows, Layout
from seriesbox.tables.stack_builder import build_table

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x00"), max_size=12)
CONTROL = {*map(chr, range(32)), "\x7f"}  # of which text files have none


def written(rows) -> bytes:
    """Rows of texts, as Python's own writer quotes them."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), st.integers(1, 2))
@example([("a,b", 'say "hi"'), ("", " 1.5 "), ("12", "nan")], 2)
def test_any_texts_come_back_as_they_were_written_and_leave_the_numbers_alone(texts, count):
    texts = [each[:count] for each in texts]
    texts = [tuple("x" if set(text) & CONTROL else text for text in each) for each in texts]
    cells = [line.rsplit(b",", 2)[0] for line in written([[*each, 1.5, -2] for each in texts]).splitlines()]
    table = parse_csv(written([[*each, 1.5, -2] for each in texts]), "it", Layout(ids=count))
    np.testing.assert_array_equal(table.values, [[1.5, -2]] * len(texts))
    assert list(table.ids.as_csv()) == cells
    assert [tuple(map(json.loads, each)) for each in table.ids.as_json()] == texts
    assert write_csv(table.values, cells) == b"".join(b"1.5,-2.0,%b\n" % each for each in cells)


@pytest.mark.parametrize("part", [7, 16, 1000])
def test_a_file_in_any_parts_has_the_same_ids_and_rows(part):
    body = b'id,a,b\n"x,1",1,2\n' + b"y" * 40 + b",3," + b"4" * 30 + b"\n,5,6\n"
    rows = CSVRows((body[start : start + part] for start in range(0, len(body), part)), "it", Layout(True, 1))
    table = build_table(rows, "it")
    np.testing.assert_allclose(table.values, [[1, 2], [3, float("4" * 30)], [5, 6]])
    assert list(rows.ids.as_csv()) == [b'"x,1"', b"y" * 40, b""]
    assert (rows.ids.names, rows.columns.names) == (["id"], ("a", "b"))


def test_a_row_longer_than_a_part_has_its_ids_once():
    table = parse_csv(b"a,b" + b",1" * 400_000 + b"\nc,d" + b",2" * 400_000 + b"\n", "it", Layout(ids=2))
    assert table.values.shape == (2, 400_000)
    assert list(table.ids.as_csv()) == [b"a,b", b"c,d"]


@pytest.mark.parametrize(
    ("body", "ids", "message"),
    [
        (b"a,1\nb\nc,3\n", 1, "every row must begin with 1 id, and numbers must follow.* not so in row 2"),
        (b'a,1\n"b,2\nc,3\n', 1, "must end with one, in the same line. It is not so in row 2"),
        (b"a,b,1\na,2\n", 2, "begin with 2 ids.* not so in row 2"),
        (b"a,1\n\nc,3\n", 1, "blank lines.*row 2"),
        (b"a,1,x\nb,2,3\n", 1, "row 1, column 3 is 'x'"),
        (b"a,0,1,2\nb,0.5,1,2\n", 1, "starts with a header .*'a,0,1,2'.* as pandas writes it"),
        (b"", 1, "it is empty"),
    ],
)
def test_a_fault_beside_ids_is_named_by_its_place_in_the_file(body, ids, message):
    with pytest.raises(DataError, match=message):
        parse_csv(body, "it", Layout(ids=ids))


def test_a_name_stands_for_the_number_of_a_column():
    with pytest.raises(DataError, match="row 2, column 'the pressure' is 'x'"):
        parse_csv(b"id,the pressure\na,x\nb,2\n", "it", Layout(True, 1))


def test_the_only_cell_after_an_id_may_be_empty():
    np.testing.assert_array_equal(parse_csv(b"a,1\nb,\nc,3\n", "it", Layout(ids=1)).values, [[1], [np.nan], [3]])


def test_blanks_may_stand_around_quotes():
    table = parse_csv(b' "a,b" ,1\n\t"c",2\n', "it", Layout(ids=1))
    assert [json.loads(own) for (own,) in table.ids.as_json()] == ["a,b", "c"]


def test_an_id_in_another_encoding_comes_back_in_csv_and_is_a_fault_in_json():
    table = parse_csv("Müller,1\n".encode("latin-1"), "it", Layout(ids=1))
    assert list(table.ids.as_csv()) == ["Müller".encode("latin-1")]
    with pytest.raises(DataError, match="not in UTF-8"):
        list(table.ids.as_json())
