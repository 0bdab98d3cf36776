"""Answers -> bodies, in every format. What was told about the rows comes back with them: their ids."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seriesbox.errors import DataError
from seriesbox.formats.content_type import CSV, JSON_LINES, NPY
from seriesbox.tables.csv import write_csv
from seriesbox.tables.ids import ID, Ids, cell
from seriesbox.tables.json_texts import write_json, write_json_objects
from seriesbox.tables.npy import write_npy

Chunks = Iterator[NDArray[np.floating]]


class TableAnswer(NamedTuple):
    """The answer to one table.

    chunks: its rows, (n, outputs) each.
    rows: the number of all of them, for formats that must say it first.
    ids: of the rows, if they have any.
    """

    chunks: Chunks
    rows: int
    ids: Ids | None = None


class Writer:
    """Writes answers in one format.

    names: of the columns.
    id_names: of the columns of ids. They come first if names are written, and last if not: published columns keep
        their places.
    header: whether a line of CSV has the names.
    objects: whether a row of JSON is an object; else it is a list.
    """

    def __init__(
        self, form: str, names: Sequence[str], id_names: Sequence[str] = (), header: bool = False, objects: bool = False
    ) -> None:
        self.form, self.header, self.objects = form, header, objects
        own: list[str] = []
        for name in id_names:
            while name in (*names, *own):
                name = f"{ID}_{name}"
            own.append(name)
        self.names = [*own, *names]

    def write(self, answers: Iterable[TableAnswer], rows_are_independent: bool) -> Iterator[bytes]:
        """Yield the answers to all tables, part by part."""
        if self.form == CSV:
            if self.header:
                yield b",".join(map(cell, self.names)) + b"\n"
            for answer in answers:
                yield from self._rows(answer, b"\n")
        elif self.form == NPY:
            yield from self._array(iter(answers))
        elif self.form == JSON_LINES and rows_are_independent:
            for answer in answers:
                yield from (rows + b"\n" for rows in self._rows(answer, b"\n"))
        elif self.form == JSON_LINES:
            for answer in answers:
                yield from _enclosed(self._rows(answer, b","))
                yield b"\n"
        else:
            yield from _json(self._rows(answer, b",") for answer in answers)

    def _array(self, answers: Iterator[TableAnswer]) -> Iterator[bytes]:
        """Yield the one answer as an array. Raises DataError if there are several, or ids."""
        answer = next(answers)
        if answer.ids:
            raise DataError(f"Ids are texts, which {NPY} cannot hold: accept another format, or send no ids.")
        yield from write_npy(answer.chunks, answer.rows, len(self.names))
        if next(answers, None):
            raise DataError(f"{NPY} holds the answer to one recording: accept another format, or send one.")

    def _rows(self, answer: TableAnswer, between: bytes) -> Iterator[bytes]:
        """Yield the rows of each chunk."""
        if self.form == CSV:
            cells = answer.ids.as_csv() if answer.ids else None
            for chunk in answer.chunks:
                yield write_csv(chunk, list(islice(cells, len(chunk))) if cells else None, self.header)
            return
        values = answer.ids.as_json() if answer.ids else None
        for chunk in answer.chunks:
            ids = list(islice(values, len(chunk))) if values else None
            if self.objects:
                yield write_json_objects(chunk, self.names, between, ids)
            else:
                yield write_json(chunk, between, ids)


def _json(answers: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
    """Yield one answer as it is, several in a list."""
    first, second = next(answers), next(answers, None)
    if second is None:
        yield from _enclosed(first)
    else:
        for number, rows in enumerate(chain([first, second], answers)):
            yield b"," if number else b"["
            yield from _enclosed(rows)
        yield b"]"
    yield b"\n"


def _enclosed(parts: Iterator[bytes]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        yield (b"," if number else b"[") + part
    yield b"]"
