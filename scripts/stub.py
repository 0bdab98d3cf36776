"""The stub of the package: the names that `seriesbox` has, and the parameters of each class, for editors and mypy."""

import textwrap
from collections.abc import Iterator
from typing import get_args

from seriesbox.algorithm import ALGORITHMS, predictor_class
from seriesbox.estimators.parameters import declarations

HEAD = '''"""The names of the package, for editors and type checkers; `python -m scripts.docs` writes them."""

from os import PathLike
from typing import Literal

'''


def stub() -> str:
    """Return the text of `__init__.pyi`."""
    kinds = [(name, package, kind) for name, (package, kind) in ALGORITHMS.items()]
    lines = [f"from {package}.public import {kind} as _{kind}" for _, package, kind in kinds]
    for name, _, kind in kinds:
        lines += ["", *_class(name, kind)]
    lines += ["", f"def load(folder: str | PathLike[str]) -> {' | '.join(kind for *_, kind in kinds)}:"]
    lines += ['    """Return the fitted estimator of a model on disk. Raises ArtifactError."""', "", "__version__: str"]
    return HEAD + "\n".join(lines) + "\n"


def _class(name: str, kind: str) -> Iterator[str]:
    yield f"class {kind}(_{kind}):"
    yield f'    """{kind}, whose parameters are its hyperparameters."""'
    yield ""
    fields, declared = predictor_class(name).Hyperparameters.model_fields, declarations(name)
    parameters = []
    for parameter, each in declared.items():
        words = ", ".join(f'"{word}"' for word in get_args(fields[parameter].annotation))
        default = f'"{each.default}"' if each.type == "str" else repr(each.default)
        parameters.append((parameter, f"Literal[{words}]" if words else each.type, default, each))
    yield from (f"    {parameter}: {type_}" for parameter, type_, *_ in parameters)
    yield "    def __init__("
    yield "        self,"
    yield "        *,"
    yield from (f"        {parameter}: {type_} = {default}," for parameter, type_, default, _ in parameters)
    yield "    ) -> None:"
    yield '        """Keep the parameters; `fit` reads them.'
    yield ""
    yield "        Args:"
    for parameter, *_, each in parameters:
        text = f"{parameter}: {each.description} {each.range}."
        yield from textwrap.wrap(text, 120, initial_indent=" " * 12, subsequent_indent=" " * 16)
    yield '        """'
