from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv, write_csv

LARGEST = float(np.finfo(np.float32).max)
FLOATS = st.floats(allow_infinity=False, width=32)


@given(arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=FLOATS))
def test_any_table_survives_being_written_and_parsed(values):
    values[-1, -1] = 1  # rows of missing values at the end would be blank lines
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


def test_a_blank_line_is_a_row_with_nothing_in_it():
    np.testing.assert_array_equal(parse_csv(b"1,2\n\n3,4\n", "it").values[1], [np.nan, np.nan])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"\xef\xbb\xbf\r\n", "it is empty"),
        (b"1,2\n3,oops\n", "row 2, column 2 is 'oops'"),
        (b"1\n2,3,x1\n", "row 2, column 3 is 'x1'"),
        (b"1,2\ninf,1e39\n", "row 2, column 1 is 'inf'; row 2, column 2 is '1e39'"),
        (b"a,b\n1,2\n", r"starts with a header \('a' in row 1\)"),
        (b"1;2\n3;4\n", "separated by semicolons"),
        (b'"1,5",2\n1,2,3\n', "row 1, column 1 is '\"1'; row 1, column 2 is '5\"'"),
        (b'1,"1"2\n', "row 1, column 2 is '\"1\"2'"),
        (b"1,5;2,5\n1,5;2,5\n", "separated by semicolons"),
        (b"1\t2\n3\t4\n", r"separated by tabs \('1.t2'\): use commas"),
        (b"NA\n1\n2\n", "row 1, column 1 is 'NA'"),
        (b"True,False\n", "row 1, column 1 is 'True'; row 1, column 2 is 'False'"),
        (b"1\ntrue\n", "row 2, column 1 is 'true'"),
        (b"1,2,3\n4;5\nx\n", "row 2, column 1 is '4;5'; row 3, column 1 is 'x'"),
        ("information,été\n1,2\n".encode(), r"starts with a header \('information'"),
        (b"\xc2\xa0,1\n", "row 1, column 1 is"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        ("1,2".encode("utf-16"), "UTF-16"),
        (b"1,2\n\xff\xfe,3\n", "row 2, column 1 is"),
        (b"1,2\n1_0,3\n", "row 2, column 1 is '1_0'"),
        (b"1,2\nNone,3\n", "row 2, column 1 is 'None'"),
    ],
)
def test_a_fault_is_named_with_its_place(body, message):
    with pytest.raises(DataError, match=message):
        parse_csv(body, "it")


@pytest.mark.parametrize(
    ("body", "rows"), [(b'1\n2\n""\n', 3), (b'1\n""\n2\n', 3), (b"1\n\n2\n\n\n", 3), (b"1,2\n,\n", 2)]
)
def test_a_row_of_nothing_counts_unless_it_is_a_blank_last_line(body, rows):
    assert len(parse_csv(body, "it").values) == rows


@pytest.mark.parametrize("piece", [b" ", b"\t", b'"', b'" ', b',"1', b' ,"', b"- "])
@pytest.mark.timeout(20)
def test_a_long_body_of_blanks_and_quotes_is_not_a_trap(piece):
    for body in (piece * 200_000, b"1" + piece * 200_000 + b"1"):
        with suppress(DataError):
            parse_csv(body, "it")


def test_blanks_around_a_missing_mark_are_no_fault():
    assert np.isnan(parse_csv(b'\tnan , ,"","  "\n', "it").values).all()


def test_rows_that_would_be_padded_without_measure_are_refused():
    with pytest.raises(DataError, match="row 2001 has 2001 cells, far more than most others"):
        parse_csv(b"1\n" * 2_000 + b"1" + b",1" * 2_000, "it")
    assert parse_csv(b"1\n" * 900 + b"1" + b",1" * 900, "it").values.shape == (901, 901)
    assert parse_csv(b"1,1\n" * 400_000 + b"1,1,1,1,1,1", "it").values.shape == (400_001, 6)


def test_up_to_twenty_faults_are_named_together():
    with pytest.raises(DataError) as caught:
        parse_csv(b"1\n" + b"x\n" * 30, "it")
    assert str(caught.value).count("column 1 is 'x'") == 20
    assert "and 10 more" in str(caught.value)


def test_what_is_wrong_everywhere_is_not_read_to_its_end():
    with pytest.raises(DataError, match=r"and [0-9]+ more; what follows row [0-9]+ was not checked"):
        parse_csv(b"x\n" * 2_000_000, "it")


@pytest.mark.parametrize("names", [b"a,b", b"0,1", b'"0","1"', b",0", b"2019,", b"", b"1,x"])
def test_a_header_is_left_out(names):
    np.testing.assert_array_equal(parse_csv(names + b"\n1,2\n", "it", header=True).values, [[1, 2]])


@pytest.mark.parametrize("names", [b"1,2", b"0.5", b"0,2", b'"1", 2', b"1"])
def test_numbers_are_no_header(names):
    for rest in (b"", b"\n", b"\n3,4\n"):
        with pytest.raises(DataError, match="is said to have a header, but its first row is numbers"):
            parse_csv(names + rest, "it", header=True)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_data_error(body):
    with suppress(DataError):
        parse_csv(body, "it")
