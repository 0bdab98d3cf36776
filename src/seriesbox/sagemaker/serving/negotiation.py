"""The format of an answer.

AWS' clients send lists of types with weights, and compare the answer's `Content-Type` literally.
"""

from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header, parse_options_header

from seriesbox.sagemaker.content_type import FORMATS


def response_format(accept: str, default: str) -> str:
    """Return the format that a client prefers, by the weights and wildcards of Accept. Raises NotAcceptable."""
    offers = (*filter(None, [default]), *(each for each in FORMATS if each != default))
    if not accept.strip():
        return default
    wanted = [(parse_options_header(value)[0].lower(), weight) for value, weight in parse_accept_header(accept)]
    weights = {}
    for offer in offers:
        for pattern in (offer, offer.partition("/")[0] + "/*", "*/*"):  # the most specific one counts
            if matching := [weight for value, weight in wanted if value == pattern]:
                weights[offer] = max(matching)
                break
    best = max(weights, key=lambda offer: weights[offer], default=default)
    if not weights.get(best):
        raise NotAcceptable(f"Answers are {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not {accept[:100]}.")
    return best
