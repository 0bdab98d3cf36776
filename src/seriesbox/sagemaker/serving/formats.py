"""Bodies of requests -> tables, and answers -> bodies, in every format.

Batch jobs cut files at line ends. So one JSON line must make sense alone: one row if rows are independent
of each other, else one whole series.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError, HeaderError
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.content_type import CSV, JSON, JSON_LINES, ContentType
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.json import parse_row_lines, parse_rows, parse_series, parse_series_lines
from seriesbox.tables.json_texts import write_json, write_json_objects
from seriesbox.tables.other_formats import check_text
from seriesbox.tables.table import Table

REQUEST = "The request"

Chunks = Iterator[NDArray[np.floating]]  # of the answer to one table, (n, outputs) each


class SeriesLines:
    """The series of JSON Lines, parsed at every iteration: millions of small tables would fill memory."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[Table]:
        return parse_series_lines(self.body, REQUEST)


def read(body: bytes, given: ContentType, predictor: Predictor | type[Predictor]) -> Iterable[Table]:
    """Return the tables of a request: one, or one per JSON line if a line is a whole series.

    Raises DataError, for lines while they are iterated over: once that has succeeded, it will again.
    """
    check_text(body, REQUEST)
    if given.form == CSV:
        try:
            return [parse_csv(body, REQUEST, given.header, predictor.gaps_are_allowed)]
        except HeaderError as error:
            fault = str(error).removesuffix(".")
            raise DataError(
                f"{fault}: leave `header` out of the content type, or set SplitType to None if a batch job cuts files "
                "into parts."
            ) from None
    if given.form == JSON:
        return [parse_rows(body, REQUEST) if predictor.rows_are_independent else parse_series(body, REQUEST)]
    if predictor.rows_are_independent:
        return [parse_row_lines(body, REQUEST)]
    return SeriesLines(body)


def header(names: Sequence[str]) -> bytes:
    """Return a line of CSV with the names of the columns."""
    return ",".join(names).encode() + b"\n"


def write(
    answers: Iterable[Chunks], form: str, rows_are_independent: bool, names: Sequence[str] | None = None
) -> Iterator[bytes]:
    """Yield the answers to all tables, chunk by chunk.

    names: of the columns, if a row of JSON is to be an object; else it is a list.
    """

    def write_rows(chunk: NDArray[np.floating]) -> bytes:
        return write_json_objects(chunk, names) if names else write_json(chunk)

    if form == CSV:
        for chunks in answers:
            yield from map(write_csv, chunks)
    elif form == JSON_LINES and rows_are_independent:
        between, lines = (b"},{", b"}\n{") if names else (b"],[", b"]\n[")
        for chunks in answers:
            yield from (write_rows(chunk).replace(between, lines) + b"\n" for chunk in chunks)
    elif form == JSON_LINES:
        for chunks in answers:
            yield from _enclosed(map(write_rows, chunks))
            yield b"\n"
    else:
        yield from _json(iter(answers), write_rows)


def _json(answers: Iterator[Chunks], write_rows: Callable[[NDArray[np.floating]], bytes]) -> Iterator[bytes]:
    """Yield one answer as it is, several in a list."""
    first, second = next(answers), next(answers, None)
    if second is None:
        yield from _enclosed(map(write_rows, first))
    else:
        for number, chunks in enumerate(chain([first, second], answers)):
            yield b"," if number else b"["
            yield from _enclosed(map(write_rows, chunks))
        yield b"]"
    yield b"\n"


def _enclosed(parts: Iterator[bytes]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        yield (b"," if number else b"[") + part
    yield b"]"
