"""Columns that are matched by their names.

Shapes: N rows, D columns.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seriesbox.errors import DataError, Places, collect_errors
from seriesbox.tables.blocks import blocks
from seriesbox.tables.columns import Columns
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.stack import TableStack
from seriesbox.tables.table import Table, are_equal

ADVICE = "give every column one name, and shorter rows empty cells, or leave the header out."


def match(table: Table, known: Sequence[str], may_be_shorter: bool) -> Table:
    """Return the table with its columns in the order of `known` names, in the same memory.

    Without a header, or if no names are known, its columns are taken by position.
    may_be_shorter: whether the last known columns may be missing, as rows are series of one variable.
    Raises DataError if names are missing, unknown or given twice, or if rows have other cells than there are names.
    """
    names = table.columns.names
    if known and names:
        table.columns.check(table.name)
        if may_be_shorter and names == tuple(known[: len(names)]):
            check_header(table, may_be_shorter)
        else:
            order = table.columns.order(known, table.name)
            check_header(table, may_be_shorter=False)
            if order != sorted(order):
                for rows in blocks(*table.values.shape):
                    table.values[rows, : len(order)] = table.values[rows][:, order]
    return replace(table, columns=table.columns._replace(names=tuple(known) or names))


def match_all(
    tables: TableStack, columns: Sequence[Columns], known: Sequence[str], labelled: bool, may_be_shorter: bool
) -> list[DataError]:
    """Put the columns of all tables in the order of `known` names, and return what is wrong with their headers.

    columns: of each table, as its own header names them.
    labelled: whether the first column is a label. may_be_shorter: as in `match`.
    """

    def match_one(number: int) -> None:
        own = columns[number] if known else columns[number]._replace(names=())
        table = replace(tables[number], columns=own)
        match(Labelled.of(table).table if labelled else table, known, may_be_shorter)

    faults = collect_errors(match_one, range(len(tables)))
    label = next((each.names[:1] for each in columns if each.names), ("label",)) if labelled and known else ()
    before, header_rows = max(each.before for each in columns), max(each.header_rows for each in columns)
    tables.columns = Columns((*label, *known), before, header_rows)
    return faults


def check_header(table: Table, may_be_shorter: bool) -> None:
    """Raise DataError if rows have other cells than the header has names.

    may_be_shorter: whether rows may have fewer cells.
    """
    names, places = len(table.columns.names), Places()
    for rows in blocks(len(table.widths), 1):
        widths = table.widths[rows]
        other = np.flatnonzero(widths > names if may_be_shorter else widths != names)
        places.add(len(other), (f"{table.row(rows.start + row)} has {widths[row]} cells" for row in other))
    if places.count == len(table.widths) and are_equal(table.widths):
        raise DataError(
            f"{table.name} has {names} names in its header, but its rows have {table.width} cells: {ADVICE}"
        )
    if places.count:
        raise DataError(f"{table.name} has {names} names in its header, but ", places, f": {ADVICE}")
