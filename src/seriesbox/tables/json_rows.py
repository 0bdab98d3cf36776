"""Parsed lists -> rows of numbers, and the names of elements that are no numbers."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import MAX_PLACES, DataError, Places
from seriesbox.tables.json_lists import shown
from seriesbox.tables.json_parts import Part
from seriesbox.tables.table import LARGEST, Rows, equal_widths

NUMBERS = {int, float, type(None)}


def rows_of(
    lists: Iterable[list[Any]], name: str, number_label: str = "", place: Callable[[int], str] = "row {}".format
) -> Iterator[Rows]:
    """Yield the rows that lists hold; a `Part` is of one row.

    number_label: if given, each element is a number and a row of its own, which messages call by this label.
    place: returns what messages call a row, by its number from 1.
    Raises DataError that names up to twenty elements that are no numbers; the rest is then not checked.
    """
    places, rows, cells_before, advice = Places(), 0, 0, "."
    for elements in lists:
        count = len(elements)
        if places.count >= MAX_PLACES and count > 1:  # the last line may come alone
            advice = f"; what follows {place(rows)} was not checked."
            break
        label, before, widths = number_label, rows, equal_widths(1, count)
        if isinstance(elements, Part):
            label, before = f"{place(rows + 1)}, column {{}}", cells_before
            cells_before += count
            widths = equal_widths(cells_before, int(elements.ends))
        try:  # the quick way, if nothing is wrong
            cells = _numbers(elements if label else _concatenated(elements))
        except (ValueError, TypeError, OverflowError):
            wrong = [*(_faulty_cells(elements, before, label) if label else _faulty_rows(elements, rows, place))]
            places.add(len(wrong), (f"{where} is {shown(value)}" for where, value in wrong))
        else:
            if not label:
                widths = np.fromiter(map(len, elements), np.int32, count)
            if count and not places.count:  # what follows a fault is checked, but of no use
                yield cells, widths
        if not isinstance(elements, Part):
            rows += count
        elif elements.ends:
            rows, cells_before = rows + 1, 0
    if places.count:
        raise DataError(f"{name} must hold lists of numbers up to 3.4e38 or null: ", places, advice)
    if not rows:
        raise DataError(f"{name} is empty: it needs at least one line.")


def _concatenated(rows: list[Any]) -> list[Any]:
    if not all(type(row) is list and row for row in rows):
        raise TypeError
    return list(chain.from_iterable(rows))


def _numbers(cells: list[Any]) -> NDArray[np.float64]:
    """Convert cells to numbers. Raises ValueError, TypeError or OverflowError if one is no finite number."""
    if not set(map(type, cells)) <= NUMBERS:
        raise TypeError
    numbers = np.array(cells, dtype=np.float64)
    if (np.abs(numbers) > LARGEST).any():  # false for missing ones
        raise ValueError
    return numbers


def _faulty_rows(rows: list[Any], before: int, place: Callable[[int], str]) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(rows, before + 1):
        if isinstance(row, list) and row:
            yield from _faulty_cells(row, 0, f"{place(number)}, column {{}}")
        else:
            yield place(number), row


def _faulty_cells(cells: list[Any], before: int, number_label: str) -> Iterator[tuple[str, Any]]:
    wrong = ((number, cell) for number, cell in enumerate(cells, before + 1) if not _is_number(cell))
    return ((number_label.format(number), cell) for number, cell in wrong)


def _is_number(cell: Any) -> bool:
    return cell is None or (type(cell) in (int, float) and abs(cell) <= LARGEST)
