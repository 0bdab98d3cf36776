"""The reference of the names in Python, from their signatures and docstrings: docs/templates/api.md says where."""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import seriesbox
from scripts.markdown import table
from seriesbox import errors
from seriesbox.algorithm import ALGORITHMS
from seriesbox.estimators.base import SeriesEstimator
from seriesbox.estimators.parameters import Parameters

SHARED = (SeriesEstimator, Parameters)
INTERNAL = ("of",)  # takes what no caller has


def reference() -> dict[str, str]:
    """Return Markdown by name: of each class with its members, of what these answer, of `load`, and of the `errors`."""
    texts = {name: "\n".join(_class(name, kind)) for name, kind in classes().items()}
    shared = [line for kind in SHARED for name in members(kind) for line in _member("", kind, name)]
    called = {each.__name__: each for kind in classes().values() for each in answers(kind)} | {"load": seriesbox.load}
    texts |= {name: f"{_signature(name, each)}\n\n{_text(each)}" for name, each in called.items()}
    return texts | {"shared": "\n".join(shared).strip(), "errors": _errors()}


def classes() -> dict[str, Any]:
    """Return the class of every algorithm by its name."""
    return {kind: getattr(seriesbox, kind) for _, kind in ALGORITHMS.values()}


def answers(kind: type) -> list[Any]:
    """Return the classes of what a class's methods return: those beside it in its module."""
    return [each for each in vars(sys.modules[kind.__module__]).values() if _is_beside(each, kind)]


def _is_beside(each: Any, kind: type) -> bool:
    return inspect.isclass(each) and each.__module__ == kind.__module__ and each is not kind


def members(kind: type) -> list[str]:
    """Return the public methods and properties that a class itself has, in their order."""
    parts = (property, classmethod, staticmethod)
    found = [name for name, part in vars(kind).items() if inspect.isfunction(part) or isinstance(part, parts)]
    return [name for name in found if not name.startswith("_") and name not in INTERNAL]


def attributes(kind: type) -> list[str]:
    """Return what a fit sets: the annotated names with an underscore at their end."""
    return [name for name in vars(kind).get("__annotations__", {}) if name.endswith("_") and name[0] != "_"]


def _class(name: str, kind: Any) -> Iterator[str]:
    yield _signature(f"seriesbox.{name}", kind.__init__)
    yield ""
    yield _text(kind).partition("\n\nParameters\n")[0]
    for member in members(kind):
        yield from _member(f"{name}.", kind, member)


def _member(owner: str, kind: type, name: str) -> Iterator[str]:
    part = vars(kind)[name]
    yield from ("", f"### {owner}{name}", "")
    if not isinstance(part, property):
        yield _signature(name, part)
        yield ""
    yield _text(part)


def _signature(name: str, called: Any) -> str:
    """Return a call as code: names and defaults, whose shapes and units the text has."""
    parameters = [each for each in inspect.signature(called).parameters.values() if each.name != "self"]
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    return f"```\n{textwrap.fill(f'{name}{inspect.Signature(plain)}', 88, subsequent_indent='    ')}\n```"


def _text(part: Any) -> str:
    """Return a docstring as Markdown."""
    return re.sub(r"(?m)^([a-z]\w*(?:, \w+)*): ", r"- `\1`: ", inspect.getdoc(part) or "")


def _errors() -> str:
    rows = [
        [f"`{name}`", ", ".join(f"`{base.__name__}`" for base in kind.__bases__), " ".join(_text(kind).split())]
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.SeriesboxError)
    ]
    return table(["error", "is a", "meaning"], rows)
