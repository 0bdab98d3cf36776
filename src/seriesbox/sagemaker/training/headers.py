"""The headers of training files: columns are matched by the names in the first one."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seriesbox.distributed import Group
from seriesbox.errors import DataError, collect_errors
from seriesbox.tables.columns import Columns
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.matching import match
from seriesbox.tables.stack import TableStack


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


def names_of_all(names: Sequence[str], group: Group) -> list[str]:
    """Return on rank 0 the names of the columns of the first host that has any.

    Raises DataError if hosts have different ones: each knows its own files alone.
    """
    text = json.dumps([*names]) + "\n" if names and group.local_rank == 0 else ""
    gathered = group.gather(np.frombuffer(text.encode(), np.uint8)).tobytes().decode().splitlines()
    if len(set(gathered)) > 1:
        raise DataError(
            "The headers of the hosts' training files differ: give all files the same names in the same order."
        )
    return json.loads(gathered[0]) if gathered else []
