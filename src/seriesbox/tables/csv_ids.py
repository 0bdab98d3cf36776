"""The first columns of CSV, if they hold ids: they are cut off, and kept as they were written."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

import orjson

from seriesbox.errors import DataError, Places
from seriesbox.tables.ids import ID

CELL = rb'(?:[ \t]*+"(?:[^"\n]|"")*+"[ \t]*+|[ \t]*+(?!["\t ])[^,\n]*+)'
MISSING = b"nan\n"  # the only number of a row: an empty line would be a blank one
CELLS = re.compile(rb"(?:^|,)(%b)" % CELL)


class CSVIds:
    """The ids of the rows of a file.

    count: of ids in a row.
    name: what messages call the file.
    rows: the number of rows so far, that of a header included.
    """

    def __init__(self, count: int, name: str) -> None:
        self.count, self.name, self.rows = count, name, 0
        self.names: Sequence[str] = [ID] if count == 1 else [f"{ID}_{number + 1}" for number in range(count)]
        self._pattern = re.compile(rb"^(%b(?:,%b){%d})," % (CELL, CELL, count - 1), re.MULTILINE)
        self._parts: list[bytes] = []  # texts of many rows, which take the memory of their letters
        self._is_cut = False  # whether the next part goes on with a line that is not finished
        self._without = Places()

    def cut(self, part: bytes) -> bytes:
        """Return a part of `whole_lines` without its ids."""
        if self._is_cut:
            self._is_cut = not part.endswith(b"\n")
            return part
        self._is_cut = not part.endswith(b"\n")
        lines, pieces = part.count(b"\n") + self._is_cut, self._pattern.split(part)
        if len(pieces) == 1 + 2 * lines:
            self._add(pieces[1::2])
            part = b"".join(rest if rest != b"\n" else MISSING for rest in pieces[2::2])
        else:
            part = self._cut_lines(part)
        self.rows += lines
        return part

    def without(self, lines: bytes) -> bytes:
        """Return lines without their ids, which are not kept."""
        return self._pattern.sub(b"", lines)

    def check(self) -> None:
        """Raise DataError that names the rows that have no ids and numbers after them."""
        if self._without.count:
            raise DataError(
                f"{self.name}: every row must begin with {self.count} id{'s' * (self.count > 1)}, and numbers must "
                "follow. An id that begins with a quote must end with one, in the same line. It is not so in ",
                self._without,
                ".",
            )

    def parts(self) -> Iterator[list[bytes]]:
        """Yield the ids of many rows at a time, each as in `as_csv`."""
        return (part.split(b"\n") for part in self._parts)

    def text(self, row: int, column: int) -> str:
        """Return one id, by the numbers of its row and its column from 0."""
        return texts(next(islice(self.as_csv(), row, None)), self.name)[column]

    def as_csv(self) -> Iterator[bytes]:
        """Yield the ids of each row, quoted as they came."""
        return chain.from_iterable(self.parts())

    def as_json(self) -> Iterator[Sequence[bytes]]:
        """Yield the ids of each row as texts of JSON."""
        return ([*map(orjson.dumps, texts(row, self.name))] for row in self.as_csv())

    def _cut_lines(self, part: bytes) -> bytes:
        """Do what `cut` does if some line has no ids. A blank one stays, and a number stands in for another one."""
        ids, rest = [], []
        for number, line in enumerate(part.splitlines(keepends=True)):
            if match := self._pattern.match(line):
                ids.append(match[1])
                rest.append(line[match.end() :] if line[match.end() :] != b"\n" else MISSING)
            else:
                is_blank = not line.strip()
                rest.append(line if is_blank else b"0\n")
                self._without.add(not is_blank, [f"row {self.rows + number + 1}"])
        self._add(ids)
        return b"".join(rest)

    def _add(self, rows: Sequence[bytes]) -> None:
        if rows:
            self._parts.append(b"\n".join(rows))


def texts(row: bytes, name: str) -> list[str]:
    """Return the cells of a row as texts, without their quotes. Raises DataError if they are not in UTF-8."""
    try:
        return [_unquoted(each.decode()) for each in CELLS.findall(row)]
    except UnicodeDecodeError:
        raise DataError(f"{name} has an id or a name that is not in UTF-8 ({row[:20]!r}): write it in UTF-8.") from None


def _unquoted(text: str) -> str:
    quoted = text.strip(" \t")
    return quoted[1:-1].replace('""', '"') if quoted.startswith('"') else text
