"""Copies of arrays as tables, which training takes over and predictors may change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from seriesbox.errors import DataError, raise_errors
from seriesbox.estimators.arrays import Given, are_several
from seriesbox.tables.columns import Columns
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.matching import match, match_all
from seriesbox.tables.stack import TableStack
from seriesbox.tables.stack_builder import StackBuilder, build_table
from seriesbox.tables.table import Table


def stack_of(given: Sequence[Given], known: Sequence[str], may_be_shorter: bool) -> TableStack:
    """Return one stack of all tables, columns in the order of `known` names, or named by the first table.

    may_be_shorter: as in `match`. Raises DataError.
    """
    builder = StackBuilder()
    for each in given:
        builder.add(each.name, each.parts())
    stack = builder.build()
    named = [Columns(each.columns) for each in given]
    raise_errors(match_all(stack, named, known or given[0].columns, False, may_be_shorter))
    return stack


def table_of(given: Given, known: Sequence[str], may_be_shorter: bool) -> Table:
    """Return one table, its columns in the order of `known` names. Raises DataError."""
    table = build_table(given.parts(), given.name)
    return match(replace(table, columns=Columns(given.columns)), known, may_be_shorter)


def pair(test: Any) -> tuple[Any, Any]:
    """Return data and its labels. Raises DataError if it is no pair."""
    if not isinstance(test, tuple | list) or len(test) != 2:
        raise DataError("`test` must be a pair: data like X, and a label for each row.")
    return test[0], test[1]


def labelled_of(tables: Sequence[Table], data: Any, labels: Any, are_classes: bool) -> list[Labelled]:
    """Return each table with its labels, of which it has one for every row. Raises DataError.

    data: what the tables are of; there are several arrays of labels if these are several recordings.
    are_classes: whether labels that are no numbers are names of classes, which are numbered.
    """
    if are_classes or not are_several(data):
        labels = [labels]
    try:
        count = len(labels)
    except TypeError:  # of a number
        count = 0
    if count != len(tables):
        raise DataError(f"test has data of {len(tables)}, but not labels of as many: give an array of labels for each.")
    return [_labelled(*pair, are_classes) for pair in zip(tables, labels, strict=True)]


def _labelled(table: Table, labels: Any, are_classes: bool) -> Labelled:
    rows = len(table.values)
    try:
        array = np.asarray(labels)
    except ValueError:
        raise DataError(f"{table.name} has lists of different lengths as labels: give one for each row.") from None
    if array.shape != (rows,):
        raise DataError(f"{table.name} has {rows} rows, but labels of the shape {array.shape}: give one for each row.")
    try:
        numbers = array.astype(np.float64)
    except (ValueError, TypeError):
        if not are_classes:
            raise DataError(f"{table.name} has labels that are no numbers: 1 is an anomaly, 0 is none.") from None
        numbers = np.unique(array.astype(str), return_inverse=True)[1].astype(np.float64)
    return Labelled(table.name, "`test`", table, numbers)
