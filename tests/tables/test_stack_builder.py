from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.stack_builder import StackBuilder


def test_rows_that_would_be_padded_without_measure_are_refused():
    with pytest.raises(DataError, match="row 2001 has 2001 cells, far more than most others"):
        parse_csv(b"1\n" * 2_000 + b"1" + b",1" * 2_000, "it")
    assert parse_csv(b"1\n" * 900 + b"1" + b",1" * 900, "it").values.shape == (901, 901)
    with pytest.raises(DataError, match="row 2 has 700001 cells, far more than most others"):
        parse_csv(b"," * 499_999 + b"\n1" + b"," * 700_000 + b"\n", "it")  # more cells than bytes
    assert parse_csv(b"0.5,0.5\n" * 400_000 + b"1,1,1,1,1,1", "it").values.shape == (400_001, 6)


@given(st.lists(st.lists(st.integers(1, 7), min_size=1, max_size=9), min_size=1, max_size=4), st.integers(1, 20))
def test_shorter_rows_are_padded_in_place_whatever_the_blocks(widths, cells):
    builder, number = StackBuilder(), 0
    for of_table in widths:
        count = sum(of_table)
        builder.add("it", [(np.arange(number, number + count, dtype=float), np.array(of_table, np.int32))])
        number += count
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seriesbox.tables.blocks.BLOCK_CELLS", cells)
        patch.setattr("seriesbox.tables.stack_builder.BLOCK_CELLS", cells)
        tables = builder.build()
    assert tables.values[~np.isnan(tables.values)].tolist() == list(range(number))
    assert (~np.isnan(tables.values)).sum(axis=1).tolist() == list(chain.from_iterable(widths))
