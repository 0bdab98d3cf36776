import numpy as np
import pytest

from seriesbox.tables.csv_header import CARRY
from seriesbox.tables.stack_builder import stack_tables
from seriesbox.tables.suspects import suspects
from seriesbox.tables.table import Table

RANDOM = np.random.default_rng(0)
SERIES = RANDOM.normal(size=(300, 5))
COUNT = np.arange(300.0)


def found(*tables, rows_are_independent=False, variables=1) -> list[str]:
    return suspects(stack_tables([Table.of(values) for values in tables]), rows_are_independent, variables)


def column(values, number=1) -> np.ndarray:
    """The series with one more column."""
    return np.insert(SERIES, number - 1, values, axis=1)


@pytest.mark.parametrize("number", [1, 3, 6])
@pytest.mark.parametrize(
    ("values", "what"),
    [
        (COUNT, "counts the rows, like an index"),
        (COUNT + 1, "counts the rows, like an index"),
        (1.5e18 + 3.6e12 * COUNT, "rises by 3.6e+12 in every row, like an index or a time"),
        (-0.5 * COUNT, "falls by 0.5 in every row, like an index or a time"),
        (np.cumsum(RANDOM.uniform(1, 2, 300)), "rises from row to row, like a time"),
        (1.5e9 + COUNT // 2, "rises from row to row, like a time"),
        (RANDOM.permutation(300), "has every number from 0 to 299 once, like an index"),
        (0 * COUNT + 1, "is 1 in every row, like the label of normal data"),
        (COUNT % 2, "has no values but 0, 1, like a label"),
        (2 * (COUNT > 150) - 1, "has no values but -1, 1, like a label"),
    ],
)
def test_a_column_that_is_probably_no_series_is_named(values, what, number):
    assert found(column(values, number)) == [
        f"Column {number} {what}: leave it out{'' if number > 1 else f', or {CARRY},'} unless it is data."
    ]


def test_an_index_that_begins_again_in_every_file_is_an_index():
    assert found(column(COUNT), column(COUNT)[:50]) == [
        f"Column 1 counts the rows, like an index: leave it out, or {CARRY}, unless it is data."
    ]
    assert not found(column(COUNT), SERIES[:, [0, *range(5)]])


def test_of_rows_that_are_series_the_ends_alone_are_looked_at():
    for number, notes in ((1, 1), (3, 0), (6, 1)):
        assert len(found(column(COUNT, number), rows_are_independent=True)) == notes
        assert len(found(column(COUNT % 3, number), rows_are_independent=True)) == notes
    assert not found(column(np.zeros(300)), rows_are_independent=True)  # such as series that all begin at zero


@pytest.mark.parametrize("rows_are_independent", [False, True])
def test_a_comma_at_the_end_of_every_row_is_named(rows_are_independent):
    (note,) = found(column(np.full(300, np.nan), 6), rows_are_independent=rows_are_independent)
    assert note == "Column 6 is empty in every row: leave it out, or the comma at the end of every row."


@pytest.mark.parametrize("first", [np.arange(5) + 1, np.arange(5) / 10, 1990 + np.arange(5)])
def test_a_first_row_of_even_steps_is_named(first):
    (note,) = found(np.vstack([first, SERIES]), rows_are_independent=True)
    assert (
        note
        == "Row 1 of the table rises by the same step from cell to cell, like a header: remove it unless it is data."
    )


def test_a_label_beside_whole_numbers_and_in_few_rows_is_named():
    counts = RANDOM.integers(0, 20_000, (300, 3))
    assert found(np.insert(counts, 3, 0, axis=1)) == [
        "Column 4 is 0 in every row, like the label of normal data: leave it out unless it is data."
    ]
    (note,) = found(np.insert(SERIES[:16], 0, np.arange(16) % 4 + 1, axis=1), rows_are_independent=True)
    assert note.startswith("Column 1 has no values but 1, 2, 3, 4, like a label")


@pytest.mark.parametrize("rows_are_independent", [False, True])
@pytest.mark.parametrize(
    "values",
    [SERIES, SERIES[:1], SERIES[:, :1], COUNT[:, None], RANDOM.integers(0, 5, (300, 4)), np.tile(COUNT, (9, 1))],
)
def test_other_data_are_not_suspected(values, rows_are_independent):
    assert not found(values, rows_are_independent=rows_are_independent)


@pytest.mark.parametrize(
    "variable",
    [SERIES > 0, COUNT[:, None] + SERIES / 9, np.where(np.arange(5) < 4, SERIES, np.nan)],
    ids=["a state", "a clock", "one that ends early"],
)
def test_of_several_variables_one_may_be_as_no_series_is(variable):
    both = np.hstack([variable, SERIES]), np.hstack([SERIES, variable])
    assert not any(found(values, rows_are_independent=True, variables=2) for values in both)
    assert any(found(values, rows_are_independent=True) for values in both)


def test_an_index_and_a_label_are_named_beside_several_variables():
    values = np.hstack([COUNT[:, None], SERIES, SERIES[:, :3], COUNT[:, None] % 2])
    assert found(values, rows_are_independent=True, variables=2) == [
        f"Column 1 counts the rows, like an index: leave it out, or {CARRY}, unless it is data.",
        "Column 10 has no values but 0, 1, like a label: leave it out unless it is data.",
    ]
