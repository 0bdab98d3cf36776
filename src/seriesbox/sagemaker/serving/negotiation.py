"""The format of a request, and the format of its answer.

AWS' clients send lists of types with weights, and compare the answer's `Content-Type` literally.
"""

import codecs
from encodings import normalize_encoding
from encodings.aliases import aliases

from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType
from werkzeug.http import parse_accept_header, parse_options_header

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
FORMATS = (CSV, JSON, JSON_LINES)
CHARSETS = {*aliases, *aliases.values()}


def request_format(content_type: str) -> tuple[str, bool]:
    """Return the format of a request, and whether it has a header. Raises UnsupportedMediaType."""
    mimetype, options = parse_options_header(content_type)
    mimetype = mimetype.lower()
    if mimetype not in FORMATS:
        raise UnsupportedMediaType(
            f"The content type is {mimetype or 'missing'}: send {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
        )
    charset, header, label_size = options.get("charset", "utf-8"), options.get("header"), options.get("label_size", "0")
    try:
        encoding = normalize_encoding(charset).lower()
        # Python remembers every name it has looked up, for ever: those that clients make up are not for it.
        if encoding not in CHARSETS or "1,".encode(codecs.lookup(encoding).name) != b"1,":
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
    """Return the format that a client prefers, by the weights and wildcards of Accept. Raises NotAcceptable.

    Of equal weights, a type that is named goes before one that a wildcard stands for, and then the first in the list.
    """
    offers = (*filter(None, [default]), *(each for each in FORMATS if each != default))
    if not accept.strip():
        return default
    wanted: dict[str, tuple[float, int]] = {}
    for place, (value, weight) in enumerate(parse_accept_header(accept.replace("q=.", "q=0."))):  # Java writes `q=.2`
        wanted.setdefault(parse_options_header(value)[0].lower(), (weight, -place))
    preferences: dict[str, tuple[float, int, int]] = {}
    for offer in offers:
        for wildness, pattern in enumerate((offer, offer.partition("/")[0] + "/*", "*/*")):
            if pattern in wanted:  # the most specific one counts
                weight, place = wanted[pattern]
                preferences[offer] = weight, -wildness, place
                break
    best = max(preferences, key=lambda offer: preferences[offer], default=default)
    if not preferences or not preferences[best][0]:
        raise NotAcceptable(f"Answers are {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not {accept[:100]}.")
    return best
