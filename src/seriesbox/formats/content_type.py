"""The content type of a request or of a file: its format, and what is in its columns."""

from typing import NamedTuple

from seriesbox.errors import UserError
from seriesbox.formats.parameters import CHARSET, HEADER, IDS, LABEL_SIZE

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
NPY = "application/x-npy"
BY_NAME = {"csv": CSV, "json": JSON, "jsonlines": JSON_LINES, "npy": NPY}
TEXTS = (CSV, JSON, JSON_LINES)
FORMATS = tuple(BY_NAME.values())
JSON_IDS = f'a line of {JSON_LINES} may be {{"id": ..., "values": [...]}}.'


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
        place = "the content type"
        CHARSET.value(options, place, ContentTypeError)
        header = HEADER.value(options, place, ContentTypeError)
        ids = IDS.value(options, place, ContentTypeError)
        if ids is not None and mimetype != CSV:
            raise ContentTypeError(f"`ids` in {place} is for {CSV}: {JSON_IDS}")
        if (given := LABEL_SIZE.value(options, place, ContentTypeError)) not in (None, label_size):
            advice = "the first column alone is a label" if label_size else "no column is a label, leave out labels"
            raise ContentTypeError(f"`label_size` in {place} is {given}: {advice}.")
        return cls(mimetype, header, label_size, ids)
