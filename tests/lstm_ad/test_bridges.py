import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seriesbox.lstm_ad.bridges import Bridge, bridge_gaps, missing_cells
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.table import Table

CELLS = st.floats(-1e6, 1e6) | st.just(np.nan)


@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=CELLS))
def test_a_bridge_is_numpys_interpolation_of_a_column(values):
    bridged = values.copy()
    bridge_gaps(bridged, [slice(None)])
    for before, after in zip(values.T, bridged.T, strict=True):
        known = np.flatnonzero(~np.isnan(before))
        expected = np.interp(np.arange(len(before)), known, before[known]) if len(known) else before
        np.testing.assert_allclose(after, expected, rtol=1e-9, atol=1e-6)


@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=CELLS), st.integers(1, 5))
def test_chunks_do_not_change_a_bridge(values, size):
    whole, bridge = values.copy(), Bridge(values)
    bridge_gaps(whole, [slice(None)])
    starts = range(0, len(values), size)
    chunks = [bridge(slice(start, min(start + size, len(values)))) for start in starts]
    assert np.concatenate(chunks)[np.isnan(values)].tobytes() == whole[np.isnan(values)].tobytes()


def test_a_gap_longer_than_a_block_is_a_single_line():
    values = np.full((300_000, 1), np.nan)
    values[[0, -1], 0] = 0, 299_999
    np.testing.assert_allclose(Bridge(values)(slice(0, 300_000))[:, 0], np.arange(300_000))


def test_rows_without_a_gap_are_not_copied():
    values = np.array([[1.0], [2.0], [np.nan], [4.0]])
    bridge = Bridge(values)
    assert np.shares_memory(bridge(slice(0, 2)), values)
    np.testing.assert_array_equal(bridge(slice(2, 4)), [[3], [4]])
    assert np.isnan(values[2, 0])


def test_no_bridge_leads_out_of_a_part_that_comes_first():
    values = np.array([[np.nan, 1, np.nan, np.nan, 4, np.nan]]).T
    bridge_gaps(values, [slice(0, 3), slice(0, 6)])
    np.testing.assert_allclose(values[:, 0], [1, 1, 1, 2.5, 4, 4])


def test_what_is_missing_is_noted_only_if_something_is():
    values = np.arange(12.0).reshape(6, 2)
    assert missing_cells(stack_tables([Table.of(values)])) is None
    values[3, 1] = np.nan
    np.testing.assert_array_equal(
        missing_cells(stack_tables([Table.of(values)] * 2)), np.isnan(np.tile(values, (2, 1)))
    )
