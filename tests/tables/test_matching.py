import numpy as np
import pytest

from seriesbox.errors import DataError
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
        (b"level,flow,pressure\n1,2,3\n1,2\n", "3 names in its header, but row 2 has 2 cells"),
        (b"pressure,flow,level\n1,2,3,4\n", "3 names in its header, but row 1 has 4 cells"),
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
