"""What a request is written in, what its answer may be written in, and both ways between those and tables.

AWS' clients send lists of types with weights, compare `Content-Type` literally, and cut files at line ends. So one JSON
line is the least that makes sense alone: one row where rows are independent of each other, else one whole series.
"""

import codecs
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType
from werkzeug.http import parse_accept_header, parse_options_header

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.json import parse_json, parse_json_lines, rows_of_numbers, write_json
from seriesbox.tables.table import Table

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
FORMATS = (CSV, JSON, JSON_LINES)
NAME = "The request"

Pieces = Iterator[NDArray[np.floating]]  # of the answer to one table, (n, outputs) each


def request_format(content_type: str) -> tuple[str, bool]:
    """The format of a request, and whether it says that it has a header. Raises UnsupportedMediaType."""
    mimetype, options = parse_options_header(content_type)
    mimetype = mimetype.lower()
    if mimetype not in FORMATS:
        raise UnsupportedMediaType(
            f"The content type is {mimetype or 'missing'}: send {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
        )
    charset, header, label_size = options.get("charset", "utf-8"), options.get("header"), options.get("label_size", "0")
    try:
        if "1,".encode(codecs.lookup(charset).name) != b"1,":
            raise LookupError
    except (LookupError, UnicodeError, ValueError):
        raise UnsupportedMediaType(f"The charset is {charset[:20]}: send utf-8.") from None
    if header not in (None, "present", "absent"):
        raise UnsupportedMediaType(f"`header` is {header[:20]} in the content type: it may be present or absent.")
    if label_size != "0":
        raise UnsupportedMediaType(
            f"`label_size` is {label_size[:20]} in the content type: no column is a label, send 0."
        )
    return mimetype, header == "present"


def response_format(accept: str, default: str) -> str:
    """The format that a client prefers, by the weights and wildcards of its Accept header. Raises NotAcceptable."""
    offers = (default, *(each for each in FORMATS if each != default))
    if not accept.strip():
        return default
    wanted = [(parse_options_header(value)[0].lower(), weight) for value, weight in parse_accept_header(accept)]
    weights = {}
    for offer in offers:
        for pattern in (offer, offer.partition("/")[0] + "/*", "*/*"):  # the most specific one counts
            if found := [weight for value, weight in wanted if value == pattern]:
                weights[offer] = max(found)
                break
    best = max(weights, key=lambda offer: weights[offer], default=default)
    if not weights.get(best):
        raise NotAcceptable(f"Answers are {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not {accept[:100]}.")
    return best


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
