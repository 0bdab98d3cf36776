"""Does a notebook that was executed elsewhere show what the kept one shows?

Words and whole numbers must be equal. Other numbers come from trainings, and those differ a little from machine to
machine (`reproduction.py` says why): with two threads and torch held to SSE, features differed by up to 0.02, which is
two steps of the last digit shown, and silhouette coefficients by 0.3 %. Pictures show such numbers, and their size
depends on the labels of the axes: they must have about the size of the kept ones, and something on them.
"""

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import permutations
from typing import Any
from xml.etree import ElementTree

from PIL import Image

RELATIVE = 0.05
LAST_DIGIT = 5  # steps of the last digit shown, for numbers near zero
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")
CLUSTERS = "012"  # those of the samples: K-Means numbers them by chance

Json = dict[str, Any]


def differences(kept: Json, made: Json) -> list[str]:
    """What the cells of two notebooks do not show alike, whatever numbers the clusters have."""
    cells = list(zip(kept["cells"], made["cells"], strict=True))
    if faults := [fault for cell, again in cells for fault in _of_kinds(cell, again)]:
        return faults
    shown = [
        (cell["id"], output["data"], other["data"])
        for cell, again in cells
        for output, other in zip(cell.get("outputs", []), again.get("outputs", []), strict=True)
    ]
    looks = [f"`{cell}` shows {fault}" for cell, old, new in shown for fault in _of_looks(old, new)]
    texts = ([fault for each in shown for fault in _of_texts(*each, names)] for names in permutations(CLUSTERS))
    return looks + min(texts, key=len)


def _of_kinds(cell: Json, again: Json) -> Iterator[str]:
    kinds, others = (list(map(_kind, each.get("outputs", []))) for each in (cell, again))
    if kinds != others:
        yield f"`{cell['id']}` shows {others} instead of {kinds}"


def _of_texts(cell: str, kept: Json, made: Json, names: tuple[str, ...]) -> Iterator[str]:
    for old, new in _compared(kept, made, dict(zip(CLUSTERS, names, strict=True))):
        if not _same(old, new):
            yield f"`{cell}` shows {new!r} instead of {old!r}"


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


def _of_looks(kept: Json, made: Json) -> Iterator[str]:
    """What is wrong with a picture, and with a table's text, which must have the words of the table."""
    if "image/png" in kept:
        picture, size = _picture(made), _picture(kept).size
        if not all(map(_near, size, picture.size)):
            yield f"a picture of {picture.size} instead of {size}"
        if picture.getcolors(maxcolors=1):  # None where there are more
            yield "a picture of one colour"
    if "text/html" in made:
        cells = [cell for row in _table("".join(made["text/html"])) for cell in row]
        if _words(*cells) != _words("".join(made["text/plain"])):
            yield "a table whose text is another one"


def _words(*texts: str) -> Counter[str]:
    return Counter(word for text in texts for word in text.split())


def _picture(shown: Json) -> Image.Image:
    return Image.open(BytesIO(b64decode("".join(shown["image/png"])))).convert("RGB")


def _near(kept: float, made: float) -> bool:
    return abs(made - kept) <= RELATIVE * kept


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
