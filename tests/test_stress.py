"""Every stress program runs, at its smallest size, and has nothing to object to; docs/errors.md is what two found."""

import json
import re

import pytest

from benchmarks import figures
from stress.faults import FAULTS
from stress.mistakes import CALLS, COMMANDS, REQUESTS
from tests.programs import SECONDS, marked, programs, run

SMALLEST = {
    "failures": "--faults SIGKILL",
    "fuzz": "--requests 50 --models 20",
    "kills": "--kills 3",
    "refusals": "",
    "soak": "--seconds 2 --megabytes 0.05",
    "stops": "--algorithms lstm-ad --stops 1",
    "strangers": "--attacks stops",
}
SLOW = {"refusals", "soak", "stops", "strangers"}


def test_there_is_a_smallest_size_for_every_program():
    assert list(SMALLEST) == programs("stress")


@pytest.mark.parametrize("program", marked(SMALLEST, SLOW))
def test_every_program_ends_without_a_fault(program):
    tables = run("stress", program, SMALLEST[program])
    assert tables
    assert all(re.search(r"\d", rows) for rows in tables)


def recorded(table: str) -> dict[str, dict[str, str]]:
    return figures.read(table)["figures"]


def test_every_mistake_is_recorded():
    assert list(recorded("failures-training")) == list(FAULTS)
    assert list(recorded("refusals-requests")) == list(REQUESTS)
    assert list(recorded("refusals-commands")) == [f"`{command}`" for command in COMMANDS]
    assert list(recorded("refusals-calls")) == [f"`{call}`" for call in CALLS]


@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS)
@pytest.mark.parametrize("program", ["failures", "refusals"])
def test_what_is_recorded_is_what_is_said_now(program, tmp_path):
    """But for what libraries and the machine say, in parentheses, and for who runs it."""
    run("stress", program, "--record", 3 * SECONDS, FIGURES=str(tmp_path / "figures.json"))
    for table, entry in json.loads((tmp_path / "figures.json").read_text()).items():
        for name, row in entry["figures"].items():
            now, then = (re.sub(r" \(\w+Error: .*|user \d+", "", str(each)) for each in (row, recorded(table)[name]))
            assert now == then
