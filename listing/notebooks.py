"""Does a notebook that was executed elsewhere show what the kept one shows?

Words and whole numbers must be equal. Other numbers come from trainings, and those differ a little from machine to
machine (`reproduction.py` says why): with two threads and torch held to SSE, features differed by up to 0.02, which is
two steps of the last digit shown, and silhouette coefficients by 0.3 %. Pictures only must not be missing.
"""

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Any
from xml.etree import ElementTree

RELATIVE = 0.05
LAST_DIGIT = 5  # steps of the last digit shown, for numbers near zero
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")
CLUSTERS = "012"  # those of the samples: K-Means numbers them by chance

Json = dict[str, Any]


def differences(kept: Json, made: Json) -> list[str]:
    """What the cells of two notebooks do not show alike, whatever numbers the clusters have."""
    return min((list(_of_cells(kept, made, names)) for names in permutations(CLUSTERS)), key=len)


def _of_cells(kept: Json, made: Json, names: tuple[str, ...]) -> Iterator[str]:
    renamed = dict(zip(CLUSTERS, names, strict=True))
    for cell, again in zip(kept["cells"], made["cells"], strict=True):
        outputs, others = cell.get("outputs", []), again.get("outputs", [])
        if list(map(_kind, outputs)) != list(map(_kind, others)):
            yield f"`{cell['id']}` shows {list(map(_kind, others))} instead of {list(map(_kind, outputs))}"
            continue
        for output, other in zip(outputs, others, strict=True):
            for old, new in _compared(output["data"], other["data"], renamed):
                if not _same(old, new):
                    yield f"`{cell['id']}` shows {new!r} instead of {old!r}"


def _kind(output: Json) -> tuple[str, list[str]]:
    """What sort of output it is, and in which formats."""
    return output["output_type"], sorted(kind for kind, shown in output.get("data", {}).items() if shown)


def _compared(kept: Json, made: Json, renamed: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The texts to compare: the cells of a table, or all there is."""
    if "text/html" not in kept:
        yield "".join(kept["text/plain"]), "".join(made["text/plain"])
        return
    table, other = _table("".join(kept["text/html"])), _table("".join(made["text/html"]))
    if any(row[0] == "cluster" for row in table):
        other = [[renamed.get(row[0], row[0]), *row[1:]] for row in other]
        table, other = (sorted(rows, key=lambda row: row[0]) for rows in (table, other))
    if [len(row) for row in table] != [len(row) for row in other]:
        yield str(table), str(other)
        return
    for row, another in zip(table, other, strict=True):
        yield from zip(row, another, strict=True)


def _table(html: str) -> list[list[str]]:
    """The rows of a table as pandas writes it, headers included."""
    (table,) = re.findall("<table.*</table>", html, flags=re.DOTALL)
    return [["".join(cell.itertext()) for cell in row] for row in ElementTree.fromstring(table).iter("tr")]


def _same(kept: str, made: str) -> bool:
    (words, numbers), (others, again) = (_parts(text) for text in (kept, made))
    return words == others and all(_close(*pair) for pair in zip(numbers, again, strict=True))


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Its words, with a gap for every number, and the numbers."""
    parts = NUMBER.split(text)
    return [" ".join(words.split()) for words in parts[::2]], parts[1::2]


def _close(kept: str, made: str) -> bool:
    decimals = len(kept.partition(".")[2])
    if not decimals:
        return kept == made
    return abs(float(made) - float(kept)) <= max(RELATIVE * abs(float(kept)), LAST_DIGIT * 10.0**-decimals)
