"""The parameters of an estimator, which are the hyperparameters of its algorithm, by scikit-learn's conventions."""

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter, Signature, cleandoc
from typing import Any, ClassVar, Self

from seriesbox.algorithm import ALGORITHMS, predictor_class
from seriesbox.errors import UserError
from seriesbox.hyperparameters import Declaration
from seriesbox.optimization import Optimization
from seriesbox.tables.csv_header import CARRY

OF_TEXTS = ("verbose", "header", "id-columns")  # how files are read and answers are written: arrays need none of them


class Parameters:
    """Parameters that are kept as they are given. `fit` reads them, and says what is wrong with them.

    A subclass names its algorithm: `class CNNKMeans(SeriesEstimator, algorithm="cnn-kmeans")`.
    """

    _algorithm: ClassVar[str]
    _names: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, algorithm: str | None = None) -> None:
        super().__init_subclass__()
        if algorithm is None:
            return
        cls._algorithm = algorithm
        declared = declarations(algorithm)
        cls._names = tuple(declared)
        cls.__doc__ = f"{cleandoc(cls.__doc__ or '')}\n\n{documentation(declared)}"
        keywords = [Parameter(name, Parameter.KEYWORD_ONLY, default=each.default) for name, each in declared.items()]
        signature = Signature(keywords)

        def __init__(self: Any, *positional: Any, **parameters: Any) -> None:  # noqa: N807
            if positional:
                raise TypeError(
                    f"{cls.__name__} takes its parameters by name: {next(iter(declared))}={positional[0]!r}."
                )
            if unknown := [name for name in parameters if name not in declared]:
                close = difflib.get_close_matches(unknown[0], declared, n=1)
                advice = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(declared)}."
                raise TypeError(f"{cls.__name__} has no parameter {unknown[0]!r}: {advice}")
            bound = signature.bind(**parameters)
            bound.apply_defaults()
            vars(self).update(bound.arguments)

        own = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)
        __init__.__signature__ = Signature([own, *keywords])  # type: ignore[attr-defined]
        cls.__init__ = __init__  # type: ignore[method-assign]

    def __init__(self, **parameters: Any) -> None: ...

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return every parameter by its name. None of them has parameters of its own."""
        return {name: getattr(self, name) for name in self._names}

    def set_params(self, **parameters: Any) -> Self:
        """Set some parameters. Raises ValueError if a name is unknown."""
        for name, value in parameters.items():
            if name not in self._names:
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {self!r}. Valid parameters are: {[*self._names]}."
                )
            setattr(self, name, value)
        return self

    def _hyperparameters(self, **others: Any) -> Optimization:
        """Return the hyperparameters that the parameters stand for, with others in place of some.

        Raises HyperparameterError with everything that is wrong.
        """
        given = self._changed() | others
        return predictor_class(self._algorithm).Hyperparameters.parse(given)

    def __repr__(self) -> str:
        changed = ", ".join(f"{name}={value!r}" for name, value in self._changed().items())
        return f"{type(self).__name__}({changed})"

    def _changed(self) -> dict[str, Any]:
        defaults = {name: each.default for name, each in declarations(self._algorithm).items()}
        given = self.get_params().items()
        return {name: value for name, value in given if repr(value) != repr(defaults[name])}


@contextmanager
def pythons_words() -> Iterator[None]:
    """Let errors have the words of Python."""
    try:
        yield
    except UserError as error:
        error.args = (in_pythons_words(str(error)),)
        raise


def in_pythons_words(sentence: str) -> str:
    """Return a sentence with Python's names, such as `context_length`, and without ids, which arrays have none of."""
    texts = (each.name for algorithm in ALGORITHMS for each in _declared(algorithm) if "-" in each.name)
    names = re.compile(rf"(?<![\w'-])({'|'.join(sorted(texts, key=len, reverse=True))})(?![\w'-])")
    return names.sub(lambda name: name[0].replace("-", "_"), sentence.replace(f", or {CARRY},", ""))


def declarations(algorithm: str) -> Mapping[str, Declaration]:
    """Return the declarations of an algorithm's parameters, by their names in Python."""
    return {each.name.replace("-", "_"): each for each in _declared(algorithm) if each.name not in OF_TEXTS}


def _declared(algorithm: str) -> Iterator[Declaration]:
    return predictor_class(algorithm).Hyperparameters.declarations()


def documentation(declared: Mapping[str, Declaration]) -> str:
    """Return the part of a docstring that describes parameters."""
    lines = ["Parameters", "----------"]
    for name, each in declared.items():
        default = repr(each.default)
        lines += [f"{name} : {each.type}, default={default}", f"    {each.description} {each.range}."]
    return "\n".join(lines)
