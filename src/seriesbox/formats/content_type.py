"""The content type of a request or of a file: its format, and what is in its columns."""

import codecs
from collections.abc import Mapping
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import NamedTuple

from seriesbox.errors import UserError

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
NPY = "application/x-npy"
TEXTS = (CSV, JSON, JSON_LINES)
FORMATS = (*TEXTS, NPY)
MAX_IDS = 100
JSON_IDS = f'a line of {JSON_LINES} may be {{"id": ..., "values": [...]}}.'
CHARSETS = {*aliases, *aliases.values()}


class ContentTypeError(UserError):
    """A content type that cannot be read."""


class ContentType(NamedTuple):
    """A content type.

    header: whether the first row has the names of columns; None if it does not say.
    label_size: the number of columns that are labels.
    ids: the number of first columns that are ids; None if it does not say.
    """

    form: str
    header: bool | None = None
    label_size: int = 0
    ids: int | None = None

    @classmethod
    def parse(cls, text: str, label_size: int = 0) -> "ContentType":
        """Read a content type. Raises ContentTypeError that says what can be read.

        label_size: the number of columns that are labels, as it may be given.
        """
        from werkzeug.http import parse_options_header  # of the package that serves

        mimetype, options = parse_options_header(text)
        mimetype = mimetype.lower()
        if mimetype not in FORMATS:
            raise ContentTypeError(
                f"The content type is {mimetype or 'missing'}: use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
            )
        charset, header = options.get("charset", "utf-8"), options.get("header")
        if not _is_ascii_compatible(charset):
            raise ContentTypeError(f"The charset is {charset[:20]}: use utf-8.")
        if header not in (None, "present", "absent"):
            raise ContentTypeError(f"`header` is {header[:20]} in the content type: it may be present or absent.")
        if (given := options.get("label_size", str(label_size))) != str(label_size):
            advice = "the first column alone is a label" if label_size else "no column is a label, leave out labels"
            raise ContentTypeError(f"`label_size` is {given[:20]} in the content type: {advice}.")
        return cls(mimetype, None if header is None else header == "present", label_size, _ids(options, mimetype))


def _ids(options: Mapping[str, str], mimetype: str) -> int | None:
    text = options.get("ids")
    if text is None:
        return None
    if text not in map(str, range(MAX_IDS + 1)):
        raise ContentTypeError(f"`ids` is {text[:20]} in the content type: it is a number of columns, 0 to {MAX_IDS}.")
    if mimetype != CSV:
        raise ContentTypeError(f"`ids` in the content type is for {CSV}: {JSON_IDS}")
    return int(text)


def _is_ascii_compatible(charset: str) -> bool:
    try:
        encoding = normalize_encoding(charset).lower()
        if encoding == "utf_8_sig":  # its mark is known
            return True
        # Python remembers every name it has looked up, for ever: those that clients make up are not for it.
        return encoding in CHARSETS and "1,".encode(codecs.lookup(encoding).name) == b"1,"
    except (LookupError, UnicodeError, ValueError):
        return False
