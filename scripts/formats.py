"""The reference of formats, from what the code declares and does: docs/templates/formats.md says where."""

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from scripts.markdown import table
from seriesbox.algorithm import ALGORITHMS, most_details, predictor_class
from seriesbox.description import Description
from seriesbox.formats import parameters
from seriesbox.formats.content_type import BY_NAME, FORMATS, NPY, ContentType
from seriesbox.formats.files import form_of
from seriesbox.formats.reading import read
from seriesbox.formats.writing import TableAnswer, Writer
from seriesbox.protocols import Predictor
from seriesbox.tables.lines import GZIP
from seriesbox.tables.npy import MAGIC
from seriesbox.tables.other_formats import BEGINNINGS

EXAMPLE = np.array([[0.5, 0.25, 0.75], [1.5, np.nan, 1.75]], np.float32)
FILES = {"the mark of numpy's arrays": MAGIC, "`[` or `{`, after blanks": b" [1, 2", "anything else": b"1,2"}
COLUMNS = ("pressure", "flow")


def reference() -> dict[str, str]:
    """Return Markdown by name."""
    kinds = [predictor_class(name) for name in ALGORITHMS]
    examples = [[form, f"`{name}`", *(_example(form, kind) for kind in kinds)] for name, form in BY_NAME.items()]
    files = [[name, *(form_of(first, given) for given in FORMATS)] for name, first in FILES.items()]
    fields = Description.model_json_schema()["properties"]
    return {
        "examples": table(["content type", "in a shell", *ALGORITHMS], examples),
        "files": table(["a file begins with", *FORMATS], files),
        "refused": ", ".join(dict.fromkeys(name for magic, name in BEGINNINGS.items() if magic not in (GZIP, MAGIC))),
        "content_type": _parameters(parameters.CONTENT_TYPE),
        "accept": _parameters(parameters.ACCEPT),
        "columns": table(["", "published", "verbose"], [row for name in ALGORITHMS for row in _columns(name)]),
        "description": table(
            ["field", "type", "meaning"],
            [[f"`{name}`", field["type"], field["description"]] for name, field in fields.items()],
        ),
    }


def _example(form: str, kind: type[Predictor]) -> str:
    """Return the example as it is written. Raises AssertionError if it is not read as it was."""
    values = EXAMPLE if kind.gaps_are_allowed else np.nan_to_num(EXAMPLE)
    answer = TableAnswer(iter([values]), len(values))
    body = b"".join(Writer(form, ["a", "b", "c"]).write([answer], kind.rows_are_independent))
    (again,) = read(body, "The example", ContentType(form), kind)
    np.testing.assert_array_equal(again.values, values)
    if form == NPY:
        return f"an array of the shape {again.values.shape}"
    return "<br>".join(f"`{line}`" for line in body.decode().splitlines())


def _parameters(declared: Iterable[parameters.Parameter]) -> str:
    rows = [[f"`{each.name}`", each.allowed, each.meaning] for each in declared]
    return table(["parameter", "must be", "says"], rows)


def _columns(algorithm: str) -> list[list[str]]:
    """Return a row for tables without names, and one for tables with names if that differs."""
    kind = predictor_class(algorithm)
    sizes = kind.Hyperparameters()
    zeros = {name: np.zeros(shape, dtype) for name, (dtype, shape) in kind.shapes(sizes, len(COLUMNS)).items()}
    predictor = kind(sizes, len(COLUMNS), zeros, network=lambda *_: np.empty(0, np.float32))
    rows = []
    for title, names in ((algorithm, ()), (f"{algorithm}, if {' and '.join(COLUMNS)} are known", COLUMNS)):
        published = predictor.names(None, names)
        more = predictor.names(most_details(predictor), names)[len(published) :]
        rows.append([title, _spans(published), _spans(more)])
    return rows[:1] if rows[0][1:] == rows[1][1:] else rows


def _spans(names: list[str]) -> str:
    """Return names as code, of numbered ones the first and the last."""
    shown = []
    for _, group in groupby(names, lambda name: name.rstrip("0123456789")):
        first, *others = (f"`{name}`" for name in group)
        shown.append(f"{first} .. {others[-1]}" if len(others) > 1 else ", ".join([first, *others]))
    return ", ".join(shown)
