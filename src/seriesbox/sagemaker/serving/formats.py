"""Bodies of requests -> tables, in the words of whoever sends them."""

from collections.abc import Iterable, Sequence

from seriesbox.errors import DataError, HeaderError
from seriesbox.formats import reading
from seriesbox.formats.content_type import ContentType
from seriesbox.protocols import Predictor
from seriesbox.tables.table import Table

REQUEST = "The request"


def read(
    body: bytes,
    given: ContentType,
    predictor: Predictor | type[Predictor],
    variables: int = 1,
    known: Sequence[str] = (),
) -> Iterable[Table]:
    """Return the tables of a request, as `reading.read` does. Raises DataError."""
    try:
        return reading.read(body, REQUEST, given, predictor, variables, known)
    except HeaderError as error:
        raise DataError(
            f"{error.what}: leave `header` out of the content type, or set SplitType to None if a batch job cuts files "
            "into parts."
        ) from None
