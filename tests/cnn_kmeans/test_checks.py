import numpy as np
import pytest

from seriesbox.cnn_kmeans.checks import check_direction, check_observed
from seriesbox.errors import DataError
from seriesbox.tables.table import Table

NAN = np.nan


def test_a_row_with_nothing_in_it_is_named():
    table = Table.of(np.array([[1, 2], [NAN, NAN], [NAN, NAN]]), "training/a.csv")
    with pytest.raises(DataError, match=r"training/a.csv has nothing in row 2; row 3: give every series a value"):
        check_observed(table)


def test_one_series_in_a_column_is_refused_with_the_way_out():
    for rows in (10, 400):
        with pytest.raises(DataError, match=f"has one column, so that each of its {rows} rows .*give a series per row"):
            check_direction(Table.of(np.ones((rows, 1))), 10)
    check_direction(Table.of(np.ones((9, 1))), 10)
    check_direction(Table.of(np.ones((400, 2))), 10)
