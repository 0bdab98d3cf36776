"""Every stress program runs, at its smallest size, and has nothing to object to."""

import re

import pytest

from tests.programs import marked, programs, run

SMALLEST = {
    "failures": "--faults SIGKILL",
    "fuzz": "--requests 50 --models 20",
    "kills": "--kills 3",
    "soak": "--seconds 2 --megabytes 0.05",
    "stops": "--algorithms lstm-ad --stops 1",
    "strangers": "--attacks stops",
}
SLOW = {"soak", "stops", "strangers"}


def test_there_is_a_smallest_size_for_every_program():
    assert list(SMALLEST) == programs("stress")


@pytest.mark.parametrize("program", marked(SMALLEST, SLOW))
def test_every_program_ends_without_a_fault(program):
    tables = run("stress", program, SMALLEST[program])
    assert tables
    assert all(re.search(r"\d", rows) for rows in tables)
