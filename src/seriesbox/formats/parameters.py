"""The parameters of a content type and of `Accept`: what they may be and mean, for requests, messages and documents."""

import codecs
import math
from collections.abc import Callable, Mapping
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import Any, NamedTuple

MAX_IDS = 100
CHARSETS = {*aliases, *aliases.values()}
SHOWN = 20  # characters of a wrong value


class Parameter(NamedTuple):
    """A parameter.

    read: returns the value of a text in lower case. Raises LookupError or ValueError if it may not be this.
    allowed: what it may be.
    """

    name: str
    read: Callable[[str], Any]
    allowed: str
    meaning: str

    def value(self, options: Mapping[str, str], place: str, error: Callable[[str], Exception]) -> Any:
        """Return its value in the options of some place; None if they lack it. Raises an error with a sentence."""
        if self.name not in options:
            return None
        text = options[self.name]
        try:
            return self.read(text.lower())
        except (LookupError, ValueError):
            raise error(f"`{self.name}` in {place} is {text[:SHOWN]}: it must be {self.allowed}.") from None


def _charset(text: str) -> str:
    encoding = normalize_encoding(text)
    if encoding == "utf_8_sig":  # its mark is known
        return encoding
    # Python remembers every name it has looked up, for ever: those that clients make up are not for it.
    if encoding not in CHARSETS or "1,".encode(codecs.lookup(encoding).name) != b"1,":
        raise LookupError(text)
    return encoding


def _finite(text: str) -> float:
    number = float(text.replace("_", "x"))  # which Python would pass over
    if not math.isfinite(number):
        raise ValueError(text)
    return number


CHARSET = Parameter("charset", _charset, "utf-8, or another one that holds ASCII", "the charset of a text")
HEADER = Parameter(
    "header",
    {"present": True, "absent": False}.__getitem__,
    "present or absent",
    "whether the first row of CSV has the names of the columns",
)
IDS = Parameter(
    "ids",
    {str(number): number for number in range(MAX_IDS + 1)}.__getitem__,
    f"a number of columns, 0 to {MAX_IDS}",
    "how many first columns of CSV are ids",
)
LABEL_SIZE = Parameter(
    "label_size",
    {"0": 0, "1": 1}.__getitem__,
    "1 in a `test` channel, else 0",
    "how many columns, after the ids, are labels",
)
VERBOSE = Parameter(
    "verbose",
    {"true": True, "false": False}.__getitem__,
    "true or false",
    "whether the columns of a verbose answer follow, and rows of JSON are objects; else the model decides",
)
THRESHOLD = Parameter(
    "threshold",
    _finite,
    "a number",
    "the score below which a row is an anomaly, instead of the model's; asks for a verbose answer",
)

CONTENT_TYPE = (CHARSET, HEADER, IDS, LABEL_SIZE)
ACCEPT = (VERBOSE, HEADER, THRESHOLD)
