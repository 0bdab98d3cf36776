"""Between bodies in their formats and tables.

Batch jobs cut files at line ends. So one JSON line is the least that makes sense alone: one row where rows are
independent of each other, else one whole series.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.sagemaker.serving.negotiation import CSV, JSON, JSON_LINES
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.json import parse_json, parse_json_lines, rows_of_numbers, write_json
from seriesbox.tables.table import Table

NAME = "The request"

Pieces = Iterator[NDArray[np.floating]]  # of the answer to one table, (n, outputs) each


def read(body: bytes, form: str, header: bool, rows_are_independent: bool) -> list[Table]:
    """The tables of a request: one, or one per JSON line where a line is a whole series. Raises DataError."""
    if form == CSV:
        return [parse_csv(body, NAME, header)]
    if form == JSON:
        value = parse_json(body, NAME)
        return [_rows(value, NAME) if rows_are_independent else _series(value, NAME)]
    lines = list(parse_json_lines(body, NAME))
    if not lines:
        raise DataError(f"{NAME} is empty: it needs at least one line.")
    if rows_are_independent:
        return [rows_of_numbers([value for _, value in lines], NAME)]
    return [_series(value, name) for name, value in lines]


def write(answers: Iterable[Pieces], form: str, rows_are_independent: bool) -> Iterator[bytes]:
    """The answers to all tables, piece by piece."""
    if form == CSV:
        for pieces in answers:
            yield from map(write_csv, pieces)
    elif form == JSON_LINES and rows_are_independent:
        for pieces in answers:
            yield from (write_json(piece).replace(b"],[", b"]\n[") + b"\n" for piece in pieces)
    elif form == JSON_LINES:
        for pieces in answers:
            yield from _enclosed(map(write_json, pieces))
            yield b"\n"
    else:
        yield from _json(list(answers))


def _json(answers: list[Pieces]) -> Iterator[bytes]:
    if len(answers) == 1:
        yield from _enclosed(map(write_json, answers[0]))
    else:
        for number, pieces in enumerate(answers):
            yield b"," if number else b"["
            yield from _enclosed(map(write_json, pieces))
        yield b"]"
    yield b"\n"


def _enclosed(parts: Iterator[bytes]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        yield (b"," if number else b"[") + part
    yield b"]"


def _rows(value: Any, name: str) -> Table:
    """A list of rows, or one row alone."""
    return rows_of_numbers(value if _nested(value) else [value], name)


def _series(value: Any, name: str) -> Table:
    """A list of rows, or of the numbers of one column."""
    if not isinstance(value, list) or _nested(value):
        return rows_of_numbers(value, name)
    return rows_of_numbers([[cell] for cell in value], name)


def _nested(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, list) for row in value)
