import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from safetensors import SafetensorError

from seriesbox.codec import METADATA, decode, encode, flatten, unflatten

TYPES = st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_])
NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name != METADATA)
TENSORS = st.dictionaries(NAMES, arrays(TYPES, array_shapes(min_dims=0, min_side=0, max_side=3)), max_size=4)
FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3),
    max_leaves=5,
)


def assert_same(tensors, expected):
    assert tensors.keys() == expected.keys()
    for name, tensor in tensors.items():
        assert (tensor.dtype, tensor.shape) == (expected[name].dtype, expected[name].shape)
        np.testing.assert_array_equal(tensor, expected[name])


@given(TENSORS, FACTS)
def test_any_tensors_and_facts_survive(tensors, facts):
    decoded, decoded_facts = decode(encode(tensors, facts))
    assert_same(decoded, tensors)
    assert decoded_facts == facts


@pytest.mark.parametrize("facts", [None, 1.5])
def test_a_scalar_stays_a_scalar_and_a_view_becomes_what_it_shows(facts):
    tensors = {"scalar": np.array(2.5), "view": np.arange(12.0).reshape(3, 4).T[::2]}
    decoded, _ = decode(encode(tensors, facts))
    assert_same(decoded, tensors)


def test_no_damaged_byte_changes_what_is_read():
    tensors, facts = {"a": np.arange(3.0), "b": np.array([1, 2])}, {"epoch": 12, "loss": 0.5}
    content = encode(tensors, facts)
    for index in range(len(content)):
        for flipped in (0x01, 0x20, 0xFF):
            damaged = bytearray(content)
            damaged[index] ^= flipped
            try:
                decoded, decoded_facts = decode(bytes(damaged))
            except (SafetensorError, ValueError):
                continue
            assert_same(decoded, tensors)
            assert decoded_facts in (facts, None)  # none, if the damage is in the name under which they are


def test_content_that_is_cut_off_is_refused():
    content = encode({"a": np.arange(3.0)}, {"epoch": 12})
    for length in range(len(content)):
        with pytest.raises((SafetensorError, ValueError)):
            decode(content[:length])


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_files_of_other_programs_are_read_without_facts(metadata):
    tensors = {"a": np.arange(3.0)}
    decoded, facts = decode(safetensors.numpy.save(tensors, metadata))
    assert_same(decoded, tensors)
    assert facts is None


@given(
    st.dictionaries(
        st.text(max_size=4).filter(lambda name: "." not in name),
        st.dictionaries(NAMES, st.just(np.ones(1)), min_size=1),
        max_size=3,
    )
)
def test_groups_survive_being_flattened_whatever_the_names_in_them(groups):
    assert unflatten(flatten(groups)) == groups
