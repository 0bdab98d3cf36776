import numpy as np
import pytest

from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.checks import check_direction, check_observed
from seriesbox.errors import DataError
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL

NAN = np.nan


def test_a_row_with_nothing_in_it_is_named():
    table = Table.of(np.array([[1, 2], [NAN, NAN], [NAN, NAN]]), "training/a.csv")
    with pytest.raises(DataError, match=r"training/a.csv has nothing in row 2; row 3: give every series a value"):
        check_observed(table)


def test_one_series_in_a_column_is_refused_with_the_way_out():
    for rows in (10, 400):
        with pytest.raises(DataError, match=f"has one column, so that each of its {rows} rows .*give a series per row"):
            check_direction(Table.of(np.ones((rows, 1))), 10, 1)
    check_direction(Table.of(np.ones((9, 1))), 10, 1)
    check_direction(Table.of(np.ones((400, 2))), 10, 1)


def test_all_faults_of_labelled_series_are_named():
    def labelled(name, *rows):
        return Labelled.of(Table.of(np.array(rows, float), name))

    test = [
        labelled("a", [1, 2, 3], [NAN, NAN, NAN], [NAN, 3, 4]),
        labelled("b", [1, 2], [2, 3]),
        labelled("c", [1, 2, 3, 4], [2, 2, 3, 4]),
    ]
    faults = SeriesChannel.test_faults(SMALL.model_copy(update={"scaling": "step"}), test, 2)
    assert [fault.message().split(":")[0] for fault in faults] == [
        "a has no label in column 1 of row 2; row 3",
        "a after its first column has nothing in row 2",
        "b after its first column has one column, so that each of its 2 rows would be a series of one step",
        "The series have up to 3 steps, but the model was trained on 2 and, with `scaling` step, knows no others",
    ]
    assert len(SeriesChannel.test_faults(SMALL, test, 0)) == 3
    assert SeriesChannel.test_faults(SMALL, test[2:], 2) == []
