"""The format of an answer, and what is in it.

AWS' clients send lists of types with weights, and compare the answer's `Content-Type` literally. So parameters of
`Accept` ask for more, as `application/json; verbose=true` does in AWS' own algorithms, but the answer's type has none.
"""

import re
from typing import NamedTuple, Self

from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header, parse_options_header

from seriesbox.formats.content_type import CSV, FORMATS
from seriesbox.formats.parameters import ACCEPT

BARE = re.compile(rf";\s*({'|'.join(each.name for each in ACCEPT)})\s*=?\s*(?=[;,]|$)", re.IGNORECASE)


class AnswerFormat(NamedTuple):
    """The format of an answer.

    verbose: whether it has the columns after the published ones; None if the model decides.
    header: whether a line of CSV names the columns.
    threshold: the score below which a row is an anomaly; None if the model decides.
    """

    form: str
    verbose: bool | None = None
    header: bool = False
    threshold: float | None = None

    @classmethod
    def negotiate(cls, accept: str, default: Self) -> Self:
        """Return what a client prefers, by the weights and wildcards of Accept. Raises NotAcceptable.

        Of equal weights, a type that is named goes before one that a wildcard stands for, and then the first in the
        list.
        """
        if not accept.strip():
            return default
        offers = (*filter(None, [default.form]), *(each for each in FORMATS if each != default.form))
        if bare := BARE.search(accept):
            raise NotAcceptable(f"`{bare[1]}` in Accept has no value.")
        wanted: dict[str, tuple[float, int, dict[str, str]]] = {}
        for place, (value, weight) in enumerate(parse_accept_header(accept.replace("q=.", "q=0."))):  # as Java writes
            name, options = parse_options_header(value)
            wanted.setdefault(name.lower(), (weight, -place, options))
        preferences: dict[str, tuple[float, int, int]] = {}
        options_of: dict[str, dict[str, str]] = {}
        for offer in offers:
            for wildness, pattern in enumerate((offer, offer.partition("/")[0] + "/*", "*/*")):
                if pattern in wanted:  # the most specific one counts
                    weight, place, options_of[offer] = wanted[pattern]
                    preferences[offer] = weight, -wildness, place
                    break
        best = max(preferences, key=lambda offer: preferences[offer], default=default.form)
        if not preferences or not preferences[best][0]:
            raise NotAcceptable(f"Answers are {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not {accept[:100]}.")
        is_named = preferences[best][1] == 0
        if best == default.form and not is_named and not options_of[best]:
            return default
        return cls(best)._with(options_of[best])

    def _with(self, options: dict[str, str]) -> Self:
        """Return the format with the parameters of its type; others than these, such as a charset, say nothing."""
        given = {each.name: each.value(options, "Accept", NotAcceptable) for each in ACCEPT if each.name in options}
        answer = self._replace(**given)
        if answer.header and answer.form != CSV:
            raise NotAcceptable(f"`header` in Accept is for {CSV}: rows of {self.form} have no header.")
        if answer.threshold is not None and answer.verbose is False:
            raise NotAcceptable("`threshold` in Accept is of verbose answers: leave out `verbose=false`.")
        return answer
