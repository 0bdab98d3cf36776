"""Long lists are parsed in parts: a fault is named by its row, and what has no end takes no memory."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriesbox.errors import DataError
from seriesbox.tables.json import parse_row_lines, parse_rows, parse_series, parse_series_lines

FAULTS = {  # changes of the text of row n of many, and how far behind it the fault shows
    "a comma less in a row": (lambda row: row.replace(", ", " ", 1), 0),
    "a comma less behind a row": (lambda row: row.removesuffix(","), 1),
    "a word in a row": (lambda row: row.replace("[", "[word, "), 0),
    "a word behind a row": (lambda row: row.replace("]", "] word"), 1),
    "a bracket more": (lambda row: row.replace("]", "]]"), 1),
    "a bracket less": (lambda row: row.replace("[", ""), 0),
    "a NaN": (lambda row: row.replace("[", "[NaN, "), 0),
    "a comma more": (lambda row: f"{row},", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
@given(count=st.integers(2, 12), at=st.integers(0, 11), part=st.integers(16, 60))
def test_a_fault_in_a_long_list_is_named_by_its_row(fault, count, at, part):
    at %= count - 1
    rows = ["[1, 2, 3],"] * (count - 1) + ["[1, 2, 3]"]
    change, behind = FAULTS[fault]
    rows[at] = change(rows[at])
    with pytest.MonkeyPatch.context() as patch:
        for module in ("json", "json_lists", "json_parts", "lines"):
            patch.setattr(f"seriesbox.tables.{module}.PART", part)
        with pytest.raises(DataError, match=rf": row {at + 1 + behind}(, column \d+)? is "):
            parse_rows(f"[{''.join(rows)}]".encode(), "it")


@pytest.mark.parametrize(
    "body",
    [b"[" * 50_000_000, b"[" * 25_000_000 + b"]" * 25_000_000, b"[[" + b"1," * 900_000 + b"[" * 10_000_000 + b"]]"],
)
@pytest.mark.parametrize("parser", [parse_rows, parse_series, parse_row_lines, parse_series_lines])
def test_brackets_without_end_are_refused_and_take_no_memory(parser, body):
    tracemalloc.start()
    try:
        with pytest.raises(DataError):
            list(parser(body, "it"))
        assert tracemalloc.get_traced_memory()[1] < 6 * len(body)
    finally:
        tracemalloc.stop()
