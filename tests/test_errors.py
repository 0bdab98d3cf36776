import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.errors import MAX_PLACES, CombinedDataError, DataError, Places, collect_errors, raise_errors


def fault(count, name="row"):
    """A fault in some places, of which each has a number."""
    places = Places()
    places.add(count, (f"{name} {number} is é" for number in range(1, count + 1)))
    return DataError(f"The {name}s: ", places, ".")


FAULTS = st.lists(st.integers(1, 60).map(fault) | st.just(DataError("One sentence.")), min_size=2, max_size=30)


def size_in_bytes(text):
    return len(text.encode())


def named(message):
    return message.count(" is é") + message.count("One sentence.")


def not_named(message):
    """The numbers of places that a message only counts."""
    words = message.replace("Faults beyond these: ", "; and ").split("; and ")[1:]
    return sum(int(each.split()[0].strip(".")) for each in words)


@given(st.integers(1, 100))
def test_a_message_names_the_first_twenty_places_and_counts_the_others(count):
    message = str(fault(count))
    assert named(message) == min(count, MAX_PLACES)
    assert named(message) + not_named(message) == count


@pytest.mark.parametrize("size", [len, size_in_bytes])
@given(count=st.integers(1, 100), limit=st.integers(0, 500))
def test_a_message_names_as_many_places_as_the_limit_allows_and_one_at_least(size, count, limit):
    error = fault(count)
    message = error.message(limit, size)
    assert named(message) == 1 or size(message) <= limit
    assert named(message) + not_named(message) == count
    if named(message) < min(count, MAX_PLACES):
        assert size(error.worded(named(message) + 1, 10**9, size)[0]) > limit


def test_of_many_names_only_those_are_made_that_a_message_can_hold():
    places, made = Places(), []
    places.add(10**9, (made.append(number) or str(number) for number in range(10**9)))
    assert (places.count, len(places.names)) == (10**9, MAX_PLACES)
    assert len(made) <= MAX_PLACES + 1


@given(FAULTS, st.integers(200, 2000), st.sampled_from([len, size_in_bytes]))
def test_a_combined_message_is_within_its_limit_and_names_twenty_places_at_most(errors, limit, size):
    message = CombinedDataError(errors).message(limit, size)
    assert size(message) <= limit
    assert 1 <= named(message) <= MAX_PLACES
    assert named(message) + not_named(message) == sum(error.count for error in errors)


@given(st.integers(0, 60))
def test_a_combined_message_has_one_sentence_at_least_as_any_other(limit):
    message = CombinedDataError([fault(30, "row"), fault(2, "cell")]).message(limit)
    assert message.startswith("The rows: row 1 is é; and 29 more.")


def test_errors_are_collected_from_the_checks_and_from_what_is_checked():
    def numbers():
        yield 1
        yield 2
        raise DataError("The third cannot be read.")

    def check(number):
        raise DataError(f"{number} is wrong.")

    assert list(map(str, collect_errors(check, numbers()))) == [
        "1 is wrong.",
        "2 is wrong.",
        "The third cannot be read.",
    ]


def test_one_error_is_raised_as_it_is_and_several_as_one():
    raise_errors([])
    first, second = fault(3), DataError("One sentence.")
    with pytest.raises(DataError) as caught:
        raise_errors([first])
    assert caught.value is first
    with pytest.raises(CombinedDataError) as caught:
        raise_errors([first, second])
    assert str(caught.value) == f"{first} {second}"


def test_an_error_can_be_sent_to_another_process():
    error = CombinedDataError([fault(3), DataError("One sentence.")])
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.count, copy.message(90)) == (str(error), 4, error.message(90))
