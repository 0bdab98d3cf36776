"""A comparison of two notebooks that were executed on different machines.

Words and whole numbers must be equal. Other numbers come from trainings, which differ a little from machine to machine:
with two threads and torch held to SSE, features differed by up to 0.02, two steps of the last digit shown, and
silhouettes by 0.3 %. A picture must have about the size of the kept one, which depends on its labels, and not be empty.
"""

import re
from base64 import b64decode
from io import BytesIO
from itertools import permutations
from typing import Any

from PIL import Image

RELATIVE, LAST_DIGITS = 0.05, 5  # tolerances: a share of the number, or for numbers near zero steps of its last digit
CLUSTERS = "012"  # K-Means numbers the clusters by chance

Json = dict[str, Any]


def differences(kept: Json, made: Json) -> list[str]:
    """Return the cells that show something else, whatever numbers the clusters have."""
    shown = [
        (cell["id"], old["data"], new.get("data", {}))
        for cell, again in zip(kept["cells"], made["cells"], strict=True)
        for old, new in zip(cell.get("outputs", []), again.get("outputs", []), strict=True)
    ]
    if other := [f"`{cell}` shows other formats" for cell, old, new in shown if old.keys() != new.keys()]:
        return other
    pictures = [f"`{cell}` shows another picture" for cell, old, new in shown if not _same_picture(old, new)]
    texts = [(cell, *("".join(data["text/plain"]) for data in both)) for cell, *both in shown]
    return pictures + min(
        (
            [f"`{cell}` shows {new!r}" for cell, old, new in texts if not _same_text(_sorted(old), _sorted(new, names))]
            for names in permutations(CLUSTERS)
        ),
        key=len,
    )


def _same_picture(old: Json, new: Json) -> bool:
    if "image/png" not in old:
        return True
    here, there = (Image.open(BytesIO(b64decode("".join(data["image/png"])))).convert("RGB") for data in (old, new))
    near = all(abs(one - other) <= RELATIVE * one for one, other in zip(here.size, there.size, strict=True))
    return near and not there.getcolors(maxcolors=1)  # None if there are more


def _sorted(text: str, names: tuple[str, ...] = tuple(CLUSTERS)) -> str:
    """Rename the clusters in a table that has a row for each, and sort its rows by cluster."""
    head, line, rows = text.partition("\ncluster ")
    if not line:
        return text
    columns, *rows = rows.splitlines()
    renamed = [dict(zip(CLUSTERS, names, strict=True)).get(row[0], row[0]) + row[1:] for row in rows]
    return "\n".join([head, columns, *sorted(renamed, key=lambda row: row[0])])


def _same_text(here: str, there: str) -> bool:
    """Return True if two texts have the same words, and numbers that are close."""
    (words, numbers), (other_words, other_numbers) = _parts(here), _parts(there)
    return words == other_words and all(map(_close, numbers, other_numbers))


def _parts(text: str) -> tuple[list[list[str]], list[str]]:
    parts = re.split(r"(-?\d+(?:\.\d+)?)", text)
    return [words.split() for words in parts[::2]], parts[1::2]


def _close(here: str, there: str) -> bool:
    decimals = len(here.partition(".")[2])
    if not decimals:
        return here == there
    return abs(float(there) - float(here)) <= max(RELATIVE * abs(float(here)), LAST_DIGITS * 10.0**-decimals)
