"""The first row of a file, if it has the names of columns."""

import re
from collections.abc import Sequence
from itertools import pairwise

from seriesbox.errors import HeaderError
from seriesbox.tables.csv_texts import MISSING

NAME = re.compile(r"(?i)(?!n/?a$|null$|none$|missing$|nan$|inf(inity)?$|true$|false$)[^\W\d]")
NO_SERIES = re.compile(  # a time, an index or a label
    r"(?i)(.*[_ ])?(date|time|datetime|timestamp|index|idx|id|uuid|key|label|class|target|anomaly|outlier|cluster)s?"
    r"([_ ]?(utc|time|stamp|id|index|label|flag|score))?"
    r"|ds|day|hour|month|year|row|nr|no|unnamed.*|(is[_ ]?)?(anomalous|anomaly|outlier)|ground[_ ]?truth|y_true|fold"
)
WHOLE_NUMBER = re.compile(rb'(?:^|\n)[" ]*[-+]?\d+[" ]*(?:\n|$)')  # alone on a line
COUNTED_CELL = re.compile(rb'[" \t]*0?[" \t]*(?:[,\n]|\Z)')  # 0 or nothing
FRACTION = re.compile(rb"[.eE]")
SAY_SO = "say so (`header=present` in the content type, the hyperparameter `header`, or `--header` in a shell)"
CARRY = "carry the first columns as ids (`ids` in the content type, `id-columns`, or `--ids` in a shell)"
SHOWN = 60  # characters of a header in a message


def check_names(names: Sequence[str], name: str, may_count_from_any: bool) -> None:
    """Raise HeaderError if the names are a row of data: if a file was cut, only its first part has the header.

    The numbers 0, 1, 2 ..., by which pandas names columns, are names. So are numbers that count from another one, such
    as years, if `may_count_from_any`.
    """
    given = [each for each in names if each not in MISSING]
    try:
        numbers = [float(each) for each in given]
    except ValueError:
        return
    first = numbers[0] if numbers and may_count_from_any and len(numbers) > 1 else 0
    counted = bool(numbers) and numbers == [first + number for number in range(len(numbers))]
    has_index = len(given) == len(names) - 1 and not names[0]  # a column without a name before those that count
    if names and not (counted and (has_index or len(given) == len(names))):
        shown = ",".join(names)[:20]
        what = f"{name} should have a header, but its first row consists of numbers ({shown!r})"
        raise HeaderError(what, advice=": add the header, or do not ask for one.")


def is_counted(lines: bytes) -> bool:
    """Return whether lines begin with the numbers by which pandas names columns: 0, 1, 2, ...

    An empty cell before them, or one above a column that counts, is the name of an index. A lone 0 is a header if all
    numbers below have a point, because pandas writes such a column's own zeros as 0.0; so is `0,1` if any has one.
    """
    if not COUNTED_CELL.match(lines):  # nearly all files, of which no more is looked at
        return False
    row, _, below = lines.partition(b"\n")
    cells = row.translate(None, b'" \t').removesuffix(b",").split(b",")
    names = cells if cells[0] else cells[1:]
    if not names:
        return False
    if names == [b"%d" % number for number in range(len(names))]:
        if len(cells) == 1:
            return FRACTION.search(below) is not None and not WHOLE_NUMBER.search(below)
        return len(cells) > 2 or not cells[0] or not below or FRACTION.search(below) is not None
    index = [line.partition(b",")[0].strip(b'" \t') for line in below.split(b"\n", 3)[:3]]
    return not cells[0] and index == [b"0", b"1", b"2"] and _rise(names)


def _rise(names: Sequence[bytes]) -> bool:
    """Return whether names are numbers, each larger than the one before."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return False
    return all(first < second for first, second in pairwise(numbers))


def are_names(row: Sequence[str]) -> bool:
    """Return whether cells are names of columns: words, empty cells, and numbers that count."""
    others = [(number, cell) for number, cell in enumerate(row) if cell and not NAME.match(cell)]
    counted = any(all(cell == str(number + first) for number, cell in others) for first in (0, -1))
    return counted and len(others) < len(row) and any(map(NAME.match, row))


def no_series(names: Sequence[str]) -> dict[int, str]:
    """Return the columns, by number from 0, whose names say that they hold no series."""
    return {number: name for number, name in enumerate(names) if NO_SERIES.fullmatch(name.strip())}


def header_fault(names: Sequence[str], before: int = 0, labelled: bool = False) -> str:
    """Return what is wrong with a file that has these names in its first row, and what to do.

    before: the number of columns before them. labelled: whether the first column is a label, which belongs there.
    """
    fault = f" starts with a header ({','.join(names)[:SHOWN]!r} in row 1): remove it, or {SAY_SO}."
    if labelled:
        return fault
    if not names[0]:
        fault += f" Column {before + 1}, which has no name, is an index: leave it out, or {CARRY}."
    if columns := no_series(names):
        numbers, called = _listed([str(number + before + 1) for number in columns]), _listed(list(columns.values()))
        several = len(columns) > 1
        fault += (
            f" Column{'s' * several} {numbers}, which it calls {called}, {'are' if several else 'is'} no series: "
            f"leave {'them' if several else 'it'} out, or {CARRY}."
        )
    return fault


def counted_header_fault(row: bytes) -> str:
    """Return what is wrong with a file whose first row is `is_counted`, and what to do."""
    shown = row[:SHOWN].decode(errors="replace")
    return (
        f" starts with a header ({shown!r} in row 1), as pandas writes it: leave it out, by "
        "to_csv(header=False, index=False). If it is data, say so: `header=absent` in the content type, or "
        "`--no-header` in a shell."
    )


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
