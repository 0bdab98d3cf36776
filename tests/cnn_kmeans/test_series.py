import numpy as np
import pytest

from seriesbox.cnn_kmeans.series import CHUNK_STEPS, align, check_observed, chunks_of_similar_length, interpolate
from seriesbox.errors import DataError
from seriesbox.tables.table import Table

NAN = np.nan


def array(*rows):
    return np.array(rows, np.float64)


def test_gaps_are_bridged_linearly_and_missing_ends_stay_missing():
    filled = interpolate(array([1, NAN, NAN, 4, NAN], [NAN, 2, NAN, 6, 1], [5, NAN, NAN, NAN, NAN], [1, 2, 3, 4, 5]))
    np.testing.assert_allclose(filled, [[1, 2, 3, 4, NAN], [NAN, 2, 4, 6, 1], [5, NAN, NAN, NAN, NAN], [1, 2, 3, 4, 5]])


def test_series_are_moved_to_the_front_and_padded_with_zeros():
    series, lengths = align(np.array([[NAN, 2, 4, NAN], [1, 2, 3, 4], [NAN, NAN, NAN, 7]], np.float32))
    np.testing.assert_array_equal(series, [[2, 4, 0, 0], [1, 2, 3, 4], [7, 0, 0, 0]])
    np.testing.assert_array_equal(lengths, [2, 4, 1])


def test_a_row_with_nothing_in_it_is_named():
    with pytest.raises(DataError, match=r"training/a.csv has nothing in row 2; row 3: give every series a value"):
        check_observed(Table.of(array([1, 2], [NAN, NAN], [NAN, NAN]), "training/a.csv"))


def test_chunks_hold_every_index_once_and_stay_small():
    lengths = np.random.default_rng(0).integers(1, 300, 1000)
    chunks = list(chunks_of_similar_length(lengths))
    assert sorted(np.concatenate(chunks)) == list(range(1000))
    assert all(len(chunk) * lengths[chunk].max() <= CHUNK_STEPS for chunk in chunks)
