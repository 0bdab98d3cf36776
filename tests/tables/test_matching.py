import numpy as np
import pytest

from seriesbox.errors import DataError, HeaderError
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.csv_rows import Layout
from seriesbox.tables.matching import match

KNOWN = ("pressure", "flow", "level")


def matched(body, rows_are_independent=False, header=None):
    return match(parse_csv(body, "it", Layout(header, known=KNOWN)), KNOWN, rows_are_independent)


@pytest.mark.parametrize("rows_are_independent", [False, True])
@pytest.mark.parametrize("header", [None, True])
def test_columns_come_in_the_order_that_is_known(header, rows_are_independent):
    table = matched(b'level,"pressure",flow\n3,1,2\n6,4,5\n', rows_are_independent, header)
    np.testing.assert_array_equal(table.values, [[1, 2, 3], [4, 5, 6]])
    assert table.columns.names == KNOWN


def test_columns_without_a_header_are_taken_by_position_and_called_by_their_names():
    table = matched(b"1,2,3\n")
    np.testing.assert_array_equal(table.values, [[1, 2, 3]])
    assert [table.columns.label(number) for number in (1, 3)] == ["column 'flow'", "column 4"]


def test_a_series_may_end_before_the_last_known_step():
    np.testing.assert_array_equal(matched(b"pressure,flow\n1,2\n3\n", True).values, [[1, 2], [3, np.nan]])
    with pytest.raises(DataError, match="lacks 'level', and columns are matched by name"):
        matched(b"pressure,flow\n1,2\n", False)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"pressure,flow,depth\n1,2,3\n", "lacks 'level' and has the unknown 'depth'.* knows 'pressure', 'flow', 'lev"),
        (b"pressure,flow,level,flow\n1,2,3,4\n", "several columns called 'flow'"),
        (b"level,flow,pressure\n1,2,3\n1,2\n", "3 names in its header, but row 3 has 2 cells: give every column one"),
        (b"pressure,flow,level\n1,2,3,4\n", "3 names in its header, but its rows have 4 cells"),
        (b"1,2,3\n4,5,6\n", "should have a header, but its first row consists of numbers"),
    ],
)
@pytest.mark.parametrize("rows_are_independent", [False, True])
def test_a_header_that_does_not_fit_is_a_fault(body, message, rows_are_independent):
    with pytest.raises(DataError, match=message):
        matched(body, rows_are_independent, header=True)


def test_a_first_row_of_names_is_no_data_unless_it_is_said_to_be():
    with pytest.raises(DataError, match="row 1"):
        matched(b"pressure,flow,level\n1,2,3\n", header=False)


def test_very_many_names_are_passed_over():
    names = ",".join(f"a_rather_long_name_{number}" for number in range(30_000))
    table = parse_csv(f"{names}\n{'1,' * 29_999}1\n".encode(), "it", Layout(True))
    assert (table.values.shape, table.columns.names) == ((1, 30_000), ())


@pytest.mark.parametrize("body", [b"1,0\n0,1\n", b"0\n5\n", b"1,2,,4\n5,6,7,8\n"])
def test_numbers_are_data_even_if_columns_are_called_by_numbers(body):
    known = [str(number) for number in range(body.split(b"\n")[0].count(b",") + 1)]
    table = parse_csv(body, "it", Layout(known=known))
    assert len(table.values) == 2


@pytest.mark.parametrize("row", [b"a,1,,3\n", b"a,nan,1,2\n", b"a,,,\n", b"a,5,6,7\n"])
def test_a_row_of_numbers_and_gaps_is_no_header(row):
    with pytest.raises(HeaderError, match="should have a header, but its first row consists of numbers"):
        parse_csv(row + b"b,1,2,3\n", "it", Layout(True, 1))


def test_names_may_count_from_any_number_in_a_whole_file():
    table = parse_csv(b"2019,2020,2021\n1,2,3\n", "it", Layout(True, is_whole=True))
    assert table.columns.names == ("2019", "2020", "2021")


@pytest.mark.parametrize("body", [b"when\na,b,1,2\n", b"\na,b,1,2\n"])
def test_a_header_must_name_more_than_the_ids(body):
    with pytest.raises(DataError, match="names in its header, and 2 of ids: name every column"):
        parse_csv(body, "it", Layout(True, 2))


def test_blanks_around_names_are_no_part_of_them():
    assert matched(b" level , pressure,flow\n3,1,2\n").columns.names == KNOWN
