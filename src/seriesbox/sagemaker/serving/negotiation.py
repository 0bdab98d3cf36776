"""The format of an answer.

AWS' clients send lists of types with weights, and compare the answer's `Content-Type` literally.
"""

from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header, parse_options_header

from seriesbox.sagemaker.content_type import FORMATS


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
