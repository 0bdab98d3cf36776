import numpy as np
import pytest

from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table


def test_tables_of_different_widths_lie_in_one_array_and_are_copied_but_once():
    nan = np.nan
    given = [Table.of(np.array([[1.0]]), "a"), Table.of(np.array([[2.0, 3.0], [nan, 5.0]]), "b")]
    tables = stack_tables(given)
    np.testing.assert_array_equal(tables.values, [[1, nan], [2, 3], [nan, 5]])
    assert stack_tables(tables) is tables
    assert [(table.name, table.widths.tolist()) for table in tables] == [("a", [1]), ("b", [2, 2])]
    np.testing.assert_array_equal(tables[1].values, given[1].values)
    assert [table.name for table in tables[::-1]] == ["b", "a"]


def test_tables_that_are_consumed_leave_half_their_memory_and_no_dangling_view():
    values = np.random.default_rng(0).normal(size=(70_001, 3))
    tables = stack_tables([Table.of(values)])
    held = tables[0]
    with pytest.raises(BufferError):
        tables.consume(lambda rows: rows.astype(np.float32))
    del held
    tables = stack_tables([Table.of(values)])
    scaled = tables.consume(lambda rows: rows.astype(np.float32))
    np.testing.assert_array_equal(scaled, values.astype(np.float32))
    assert len(tables.memory) == scaled.nbytes
    assert not len(tables[0].values)
