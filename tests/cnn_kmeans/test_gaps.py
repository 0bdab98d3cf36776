import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.tables import blocks

NAN = np.nan


def bridged(values):
    values = np.array(values, np.float64)
    bridge_gaps(values)
    return values


def test_gaps_are_bridged_linearly_and_missing_ends_stay_missing():
    values = bridged([[1, NAN, NAN, 4, NAN], [NAN, 2, NAN, 6, 1], [5, NAN, NAN, NAN, NAN], [1, 2, 3, 4, 5]])
    np.testing.assert_allclose(values, [[1, 2, 3, 4, NAN], [NAN, 2, 4, 6, 1], [5, NAN, NAN, NAN, NAN], [1, 2, 3, 4, 5]])


@pytest.mark.parametrize("cells", [1, 2, 3, 8])
@given(arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 20)), elements=st.just(NAN) | st.floats(-9, 9)))
def test_series_longer_than_a_block_are_bridged_in_the_same_way(cells, values):
    whole = bridged(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_CELLS", cells)
        np.testing.assert_array_equal(bridged(values), whole)
