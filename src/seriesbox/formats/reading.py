"""Bodies of requests -> tables, in every format.

A line of JSON Lines makes sense alone: it is one row if rows are independent of each other, else one whole series.
"""

from collections.abc import Iterable, Iterator, Sequence

from seriesbox.formats.content_type import CSV, JSON, NPY, ContentType
from seriesbox.protocols import Predictor
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.csv_rows import Layout
from seriesbox.tables.json import parse_row_lines, parse_rows, parse_series, parse_series_lines
from seriesbox.tables.matching import match
from seriesbox.tables.npy import parse_npy
from seriesbox.tables.other_formats import check_text
from seriesbox.tables.table import Table


class SeriesLines:
    """The series of JSON Lines, parsed at every iteration: millions of small tables would fill memory."""

    def __init__(self, body: bytes, name: str) -> None:
        self.body, self.name = body, name

    def __iter__(self) -> Iterator[Table]:
        return parse_series_lines(self.body, self.name)


def read(
    body: bytes,
    name: str,
    given: ContentType,
    predictor: Predictor | type[Predictor],
    variables: int = 1,
    known: Sequence[str] = (),
) -> Iterable[Table]:
    """Return the tables of a body: one, or one per JSON line if a line is a whole series.

    name: what messages call it. variables: of a row. known: the names of the model's columns, if it has any.
    Raises DataError, for lines while they are iterated over: once that has succeeded, it will again.
    """
    if given.form == NPY:
        return [parse_npy(body, name, predictor.rows_are_independent, variables)]
    check_text(body, name)
    if given.form == CSV:
        layout = Layout(given.header, given.ids or 0, gaps=predictor.gaps_are_allowed, known=known)
        may_be_shorter = predictor.rows_are_independent and variables == 1
        return [match(parse_csv(body, name, layout), known, may_be_shorter)]
    if given.form == JSON:
        is_series = not predictor.rows_are_independent
        return [parse_series(body, name) if is_series else parse_rows(body, name, variables)]
    if predictor.rows_are_independent:
        return [parse_row_lines(body, name, variables)]
    return SeriesLines(body, name)
