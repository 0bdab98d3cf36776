import io

import numpy as np
import pytest

from seriesbox.errors import DataError
from seriesbox.tables.npy import parse_npy, write_npy


def saved(array, **how) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **how)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["<f4", ">f8", "<f2", "i1", "<u8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_any_numbers_is_read(kind, order):
    array = np.asarray(np.arange(6).reshape(3, 2), kind, order)
    np.testing.assert_array_equal(parse_npy(saved(array), "it", rows_are_independent=False).values, array)


def test_an_array_of_one_axis_is_a_series_or_a_column():
    body = saved(np.array([1.5, np.nan, 3]))
    np.testing.assert_array_equal(parse_npy(body, "it", rows_are_independent=True).values, [[1.5, np.nan, 3]])
    np.testing.assert_array_equal(parse_npy(body, "it", rows_are_independent=False).values, [[1.5], [np.nan], [3]])


def test_what_is_written_is_an_array_for_numpy():
    chunks = [np.full((2, 3), 0.1, np.float32), np.full((1, 3), np.nan, np.float32)]
    body = b"".join(write_npy(chunks, 3, 3))
    np.testing.assert_array_equal(np.load(io.BytesIO(body)), np.concatenate(chunks))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it is no array as numpy.save writes it"),
        (b"1,2\n3,4\n", "it is no array as numpy.save writes it"),
        (saved(np.zeros((3, 2)))[:-1], r"cut off or damaged: an array of shape \(3, 2\) has 48 bytes, and it has 47"),
        (saved(np.zeros((3, 2)))[:40], "it is no array as numpy.save writes it"),
        (saved(np.zeros((2, 2, 2, 2))), r"shape \(2, 2, 2, 2\): give one of two axes"),
        (saved(np.float64(1)), r"shape \(\)"),
        (saved(np.zeros((0, 2))), "it is empty"),
        (saved(np.array(["1"])), "an array of <U1: give numbers of 64 bits at most"),
        (saved(np.array([True])), "an array of bool"),
        (saved(np.array([{}]), allow_pickle=True), "an array of object"),
        (saved(np.array([[1, np.inf], [-1e300, 2]])), "row 1, column 2 is inf; row 2, column 1 is -1e[+]300"),
        (b"\x93NUMPY\x01\x00\x10\x00{'shape': (9,)}\n", "it is no array as numpy.save writes it"),
    ],
)
def test_anything_else_is_a_fault(body, message):
    with pytest.raises(DataError, match=message):
        parse_npy(body, "it", rows_are_independent=True)


def described(kind: str, shape: str) -> str:
    return f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}}}"


@pytest.mark.parametrize(
    "header",
    [
        *(described("'<f4'", shape) for shape in ("(-2, -4)", "(True, 8)", "(10**30,)", "(2, 0, -3)")),
        *(described(kind, "(8,)") for kind in ("('<f8',)", "()")),
        *("-" * 5000 + "1", "{[]: 1}", "{{}}", "1" + "+1j" * 900),
    ],
)
def test_a_header_that_attacks_is_a_fault(header):
    body = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"\0" * 32
    with pytest.raises(DataError, match=r"no array as numpy\.save writes it: its header is wrong"):
        parse_npy(body, "it", rows_are_independent=True)


def test_a_shape_that_no_memory_holds_is_a_fault():
    body = saved(np.zeros((1, 2))).replace(b"(1, 2)", b"(9999999999, 9999999999)")[:128] + b"\0" * 16
    with pytest.raises(DataError, match="cut off or damaged"):
        parse_npy(body, "it", rows_are_independent=True)
