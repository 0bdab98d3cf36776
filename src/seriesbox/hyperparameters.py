"""Hyperparameters: declared once, as a pydantic model; parsing, messages, tables and ranges all follow from that.

SageMaker hands every value over as a string, and each of its clients writes strings its own way: `20` may arrive as
`20`, `20.0` or `"20"` in quotes, an absent value as `None`, `null` or nothing. `Hyperparameters.parse` takes them all.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from seriesbox.errors import HyperparameterError


def hp(
    default: int | float | str, description: str, *, tunable: bool = False, lasting: bool = False, **limits: Any
) -> Any:
    """Declare a hyperparameter: default, one sentence, and limits (`ge`, `le`), which it may reach: SageMaker's are so.

    tunable: tuning may vary it. lasting: it shapes what is learnt, so a training that continues cannot change it.
    """
    notes: dict[str, Any] = {"tunable": tunable, "lasting": lasting}
    return Field(default, description=description, json_schema_extra=notes, **limits)


class Declaration(NamedTuple):
    """One hyperparameter as users see it."""

    name: str
    type: str  # "int", "float" or "str"
    default: int | float | str
    values: tuple[int | float | str, ...]  # the lowest and the highest number, or every word
    description: str
    tunable: bool
    lasting: bool

    @property
    def range(self) -> str:
        """`2 to 1000`, or `lloyd, elkan`."""
        return (", " if self.type == "str" else " to ").join(map(str, self.values))


class Hyperparameters(BaseModel):
    """The base of every algorithm's hyperparameters. Names have hyphens outside and underscores inside."""

    model_config = ConfigDict(
        alias_generator=lambda name: name.replace("_", "-"),
        validate_by_name=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
    )

    seed: int = hp(0, "Seed of every random choice.", ge=0, le=2**32 - 1)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """Read values as SageMaker writes them.

        Raises HyperparameterError with every fault in one message.
        """
        decoded = {name: decode(value) for name, value in given.items()}
        try:
            return cls.model_validate({name: value for name, value in decoded.items() if value is not None})
        except ValidationError as error:
            raise HyperparameterError(" ".join(_explain(error.errors(), cls.names()))) from None

    @classmethod
    def names(cls) -> list[str]:
        """Every name, as users write it."""
        return [declaration.name for declaration in cls.declarations()]

    @classmethod
    def declarations(cls) -> Iterator[Declaration]:
        """Every hyperparameter in the order of its declaration, an algorithm's own before the shared ones."""
        declared = (name for owner in cls.__mro__ for name in vars(owner).get("__annotations__", {}))
        for name in dict.fromkeys(name for name in declared if name in cls.model_fields):
            field = cls.model_fields[name]
            choices = get_args(field.annotation)
            yield Declaration(
                name=field.alias or name,
                type="str" if choices else getattr(field.annotation, "__name__", ""),
                default=field.default,
                values=choices or _limits(field),
                description=field.description or "",
                tunable=_note(field, "tunable"),
                lasting=_note(field, "lasting"),
            )

    def continuing(self, earlier: Self) -> Self:
        """These, with the earlier values of what lasts. Raises HyperparameterError where another one was asked for."""
        faults, kept = [], {}
        for name, field in type(self).model_fields.items():
            if _note(field, "lasting"):
                kept[name] = getattr(earlier, name)
                if name in self.model_fields_set and getattr(self, name) != kept[name]:
                    faults.append(f"`{field.alias}` is {kept[name]} there, not {getattr(self, name)}")
        if faults:
            raise HyperparameterError(
                f"The earlier model cannot be continued like this: {', '.join(faults)}. What shapes the network stays: "
                "give the earlier values, or leave them out."
            )
        return self.model_copy(update=kept)

    def notes(self) -> list[str]:
        """What is allowed, but may not do what the user thinks: a sentence each, for the log."""
        return []

    def written(self) -> dict[str, int | float | str]:
        """Every value under the name users write: what `parse` takes back."""
        return self.model_dump(by_alias=True)


class Optimization(Hyperparameters):
    """The hyperparameters of the epoch loop, which every algorithm has."""

    lr: float = hp(0.001, "Learning rate of the Adam optimizer.", ge=1e-6, le=1, tunable=True)
    batch_size: int = hp(10, "Items per gradient step.", ge=1, le=100_000, tunable=True)
    epochs: int = hp(100, "Passes over the training data.", ge=1, le=100_000, tunable=True)
    patience: int = hp(
        0,
        "After this many epochs without a better validation loss, training ends with the best epoch; 0: never.",
        ge=0,
        le=100_000,
    )
    max_seconds: int = hp(
        0,
        "Seconds after the start of the job at which training ends, after one step at least; 0: no limit.",
        ge=0,
        le=10**7,
    )


def decode(value: Any) -> Any:
    """Undo one client's way of writing a value; None stands for "not given"."""
    if value is None or type(value) in (int, float):
        return value
    text = str(value).strip()
    if text in ("", "None", "null"):
        return None
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        return text
    # `true` would pass for the number 1, and no hyperparameter takes a list or an object: let the text be named.
    return decoded if type(decoded) in (int, float, str) else text


def _explain(faults: list[ErrorDetails], names: list[str]) -> Iterator[str]:
    """A sentence for each fault; what names there are is said once, at the end."""
    strange = False
    for fault in faults:
        name, value = str(fault["loc"][0] if fault["loc"] else fault["input"]), str(fault["input"])[:40]
        match fault["type"]:
            case "extra_forbidden":
                if name.replace("_", "-") in names:
                    yield f"`{name.replace('_', '-')}` is given twice."
                    continue
                close = difflib.get_close_matches(name.replace("_", "-"), names, n=1, cutoff=0.75)
                strange |= not close
                yield f"Unknown hyperparameter `{name}`" + (f": did you mean `{close[0]}`?" if close else ".")
            case "greater_than_equal" | "less_than_equal" as kind:
                relation = kind.replace("_than_equal", " than or equal to")
                (limit,) = fault["ctx"].values()
                yield f"`{name}` must be {relation} {limit if isinstance(limit, int) else f'{limit:g}'}, not {value}."
            case "literal_error":
                yield f"`{name}` must be {fault['ctx']['expected']}, not {value!r}."
            case "finite_number":
                yield f"`{name}` must be a finite number, not {value!r}."
            case kind:
                yield f"`{name}` must be {'a whole number' if kind.startswith('int') else 'a number'}, not {value!r}."
    if strange:
        yield f"The hyperparameters are {', '.join(names)}."


def _note(field: FieldInfo, name: str) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra[name])


def _limits(field: FieldInfo) -> tuple[int | float, ...]:
    return tuple(getattr(entry, key) for key in ("ge", "le") for entry in field.metadata if hasattr(entry, key))
