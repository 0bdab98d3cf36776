"""Arrays of numpy, as Amazon's SDK sends and reads them."""

import io
import json

import numpy as np
import pytest

from seriesbox.formats.content_type import CSV, JSON_LINES, NPY

SERIES = np.array([[1.5, 2, 3], [3, 2, np.nan]], np.float32)


def saved(array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def loaded(answer) -> np.ndarray:
    assert (answer.status, answer.content_type) == (200, NPY), answer.body
    return np.load(io.BytesIO(answer.body))


def test_an_array_has_the_answer_that_csv_has(cnn_server, lstm_server, wave):
    expected = cnn_server.post(b"1.5,2,3\n3,2,\n", CSV, CSV).values
    np.testing.assert_array_equal(cnn_server.post(saved(SERIES), NPY, CSV).values, expected)
    np.testing.assert_array_equal(loaded(cnn_server.post(saved(SERIES), NPY, NPY)), np.float32(expected))
    body = "".join(f"{a},{b}\n" for a, b in wave[:300].tolist()).encode()
    expected = np.float32(lstm_server.post(body, CSV, CSV).values)
    np.testing.assert_array_equal(loaded(lstm_server.post(saved(wave[:300]), NPY, NPY)), expected)
    assert loaded(lstm_server.post(saved(wave[:300]), NPY, f"{NPY}; verbose=true")).shape == (300, 9)


def test_series_of_one_axis_are_a_row_or_a_column(cnn_server, one_column_server):
    assert loaded(cnn_server.post(saved(SERIES[0]), NPY, NPY)).shape == (1, 4)
    assert loaded(one_column_server.post(saved(np.arange(9.0)), NPY, NPY)).shape == (9, 2)


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"1,2,3\n", NPY, "The request is no array as numpy.save writes it"),
        (saved(SERIES), CSV, "The request is an array of numpy, not plain text"),
        (b"a,1,2,3\n", f"{CSV}; ids=1", "Ids are texts, which application/x-npy cannot hold"),
    ],
)
def test_what_cannot_be_is_a_fault(cnn_server, body, content_type, message):
    answer = cnn_server.post(body, content_type, NPY)
    assert answer.status == 400
    assert message in answer.message


def test_several_recordings_are_no_array(lstm_server, wave):
    lines = f"{json.dumps(wave[:30].tolist())}\n".encode()
    assert loaded(lstm_server.post(lines, JSON_LINES, NPY)).shape == (30, 3)
    assert "holds the answer to one recording" in lstm_server.post(2 * lines, JSON_LINES, NPY).message
