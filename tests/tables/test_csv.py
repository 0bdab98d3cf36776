from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.csv_rows import Layout

LARGEST = float(np.finfo(np.float32).max)
FLOATS = st.floats(allow_infinity=False, width=32)


@given(arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=FLOATS))
def test_any_table_survives_being_written_and_parsed(values):
    values[:, -1] = np.nan_to_num(values[:, -1])  # a row of one missing value would be a blank line
    written = write_csv(values)
    assert written.endswith(b"\n")
    assert written.count(b"\n") == len(values)
    np.testing.assert_array_equal(parse_csv(written, "it").values.astype(np.float32), values)


def test_a_small_change_on_a_large_offset_survives():
    np.testing.assert_array_equal(
        parse_csv(b"1000000000.25\n1000000000.5\n", "it").values[:, 0], [1e9 + 0.25, 1e9 + 0.5]
    )


def test_the_largest_answer_can_be_read_back():
    values = np.array([[LARGEST, -LARGEST]], np.float32)
    np.testing.assert_array_equal(parse_csv(write_csv(values), "it").values.astype(np.float32), values)


def test_numbers_are_written_with_the_fewest_digits_and_missing_as_nothing():
    assert write_csv(np.array([[1, 0.1, np.nan], [np.nan] * 3, [1e-9, -2.5, 3e20]], np.float32)) == (
        b"1.0,0.1,\n,,\n1e-9,-2.5,3e+20\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"1,2\n3,4\n",
        b"1,2\n3,4",
        b"1,2\r\n3,4\r\n",
        b"1,2\r3,4",
        b"\xef\xbb\xbf1,2\n3,4\n",
        b'"1","2"\n"3","4"\n',
        b" 1 , 2 \n3.0,4e0\n\n\n",
        b'"1"\t, "2" \n"3",4\n',
        b"+1,2.\n3,.4e1\n",
    ],
)
def test_every_common_way_to_write_a_table_is_read(body):
    np.testing.assert_array_equal(parse_csv(body, "it").values, [[1, 2], [3, 4]])


def test_rows_of_different_lengths_end_in_missing_values():
    table = parse_csv(b"1\n2,3,4\n5,nan\n", "it")
    nan = np.nan
    np.testing.assert_array_equal(table.values, [[1, nan, nan], [2, 3, 4], [5, nan, nan]])
    np.testing.assert_array_equal(table.widths, [1, 3, 2])


@pytest.mark.parametrize(
    ("body", "rows"), [(b'1\n2\n""\n', 3), (b'1\n""\n2\n', 3), (b"1\n2\n\n\n", 2), (b"1,2\n,\n", 2)]
)
def test_a_row_of_nothing_counts_unless_it_is_a_blank_last_line(body, rows):
    assert len(parse_csv(body, "it").values) == rows


def test_blanks_around_a_missing_mark_are_no_fault():
    assert np.isnan(parse_csv(b'\tnan , ,"","  "\n', "it").values).all()


@pytest.mark.parametrize("fragment", [b" ", b"\t", b'"', b'" ', b',"1', b' ,"', b"- "])
@pytest.mark.timeout(20)
def test_a_long_body_of_blanks_and_quotes_is_not_a_trap(fragment):
    for body in (fragment * 200_000, b"1" + fragment * 200_000 + b"1"):
        with suppress(DataError):
            parse_csv(body, "it")


@pytest.mark.parametrize("names", [b"a,b", b"0,1", b'"0","1"', b",0", b"", b"1,x"])
def test_a_header_is_left_out(names):
    np.testing.assert_array_equal(parse_csv(names + b"\n1,2\n", "it", Layout(header=True)).values, [[1, 2]])


@pytest.mark.parametrize("names", [b"1,2", b"0.5", b"0,2", b'"1", 2', b"1", b"2019,", b"1,nan"])
def test_numbers_are_no_header(names):
    for rest in (b"", b"\n", b"\n3,4\n"):
        with pytest.raises(DataError, match="should have a header, but its first row consists of numbers"):
            parse_csv(names + rest, "it", Layout(header=True))


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_data_error(body):
    with suppress(DataError):
        parse_csv(body, "it")
