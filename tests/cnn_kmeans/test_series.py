import numpy as np

from seriesbox.cnn_kmeans.series import CHUNK_STEPS, align, chunks_of_similar_length

NAN = np.nan


def test_series_are_moved_to_the_front_and_padded_with_zeros():
    values = np.array([[NAN, 2, 4, NAN], [1, 2, 3, 4], [NAN, NAN, NAN, 7]], np.float32)
    series, lengths = align(values[:, None])
    np.testing.assert_array_equal(series[:, 0], [[2, 4, 0, 0], [1, 2, 3, 4], [7, 0, 0, 0]])
    np.testing.assert_array_equal(lengths, [2, 4, 1])


def test_a_series_is_as_long_as_its_variables_together_and_each_has_its_nearest_value():
    values = np.array([[[NAN, NAN, 5, 6, NAN], [NAN, 2, 3, NAN, NAN], [NAN] * 5]], np.float32)
    series, lengths = align(values)
    np.testing.assert_array_equal(series[0], [[5, 5, 6, 0, 0], [2, 3, 3, 0, 0], [0] * 5])
    np.testing.assert_array_equal(lengths, [3])


def test_chunks_hold_every_index_once_and_stay_small():
    lengths = np.random.default_rng(0).integers(1, 300, 1000)
    chunks = list(chunks_of_similar_length(lengths, CHUNK_STEPS))
    assert sorted(np.concatenate(chunks)) == list(range(1000))
    assert all(len(chunk) * lengths[chunk].max() <= CHUNK_STEPS for chunk in chunks)
