"""Hyperparameters: declared once, as a pydantic model; parsing, messages, tables and ranges all follow from that.

Clients hand values over in many ways: `20` may come as `20`, `20.0`, `"20"` or `'"20"'`, and a value that was not given
as `None`, `null` or nothing. `Hyperparameters.parse` takes them all.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameter_text import decode, explain


def hp(
    default: int | float | str, description: str, *, tunable: bool = False, inherited: bool = False, **limits: Any
) -> Any:
    """Declare a hyperparameter by its default, one sentence, and its inclusive limits (`ge`, `le`).

    tunable: a tuning job may vary it.
    inherited: a warm start takes the value of the earlier model, because it shapes the network.
    """
    notes: dict[str, Any] = {"tunable": tunable, "inherited": inherited}
    return Field(default, description=description, json_schema_extra=notes, **limits)


class Declaration(NamedTuple):
    """One hyperparameter as users see it."""

    name: str
    type: str  # "int", "float" or "str"
    default: int | float | str
    values: tuple[int | float | str, ...]  # the lowest and the highest number, or every word
    description: str
    tunable: bool
    inherited: bool

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

    # Of models that were saved before a hyperparameter existed, if its default is not what they did.
    of_older_models: ClassVar[Mapping[str, str]] = {}

    seed: int = hp(0, "Seed of every random choice.", ge=0, le=2**32 - 1)
    verbose: Literal["false", "true"] = hp("false", "Whether answers are verbose by default.")
    false_alarm_rate: float = hp(0.001, "Share of normal data beyond the model's thresholds.", ge=1e-6, le=0.5)

    header: Literal["absent", "present"] = hp("absent", "Whether training files begin with the names of columns.")
    id_columns: int = hp(0, "First columns of CSV that are ids: carried along, not learnt from.", ge=0, le=100)

    @field_validator("verbose", mode="before")
    @classmethod
    def _lower(cls, verbose: Any) -> Any:
        return str(verbose).lower()

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """Read values as any client may write them.

        Raises HyperparameterError with every fault in one message.
        """
        decoded = {name: decode(value) for name, value in given.items()}
        try:
            return cls.model_validate({name: value for name, value in decoded.items() if value is not None})
        except ValidationError as error:
            raise HyperparameterError(" ".join(explain(error.errors(), cls.names()))) from None

    @classmethod
    def names(cls) -> list[str]:
        """Return every name, as users write it."""
        return [declaration.name for declaration in cls.declarations()]

    @classmethod
    def declarations(cls) -> Iterator[Declaration]:
        """Yield every hyperparameter in the order of its declaration, an algorithm's own before the shared ones."""
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
                inherited=_note(field, "inherited"),
            )

    def inherit(self, earlier: Self) -> Self:
        """Return a copy with the inherited values of an earlier model's hyperparameters.

        Raises HyperparameterError if another value was asked for.
        """
        faults, inherited = [], {}
        for name, field in type(self).model_fields.items():
            if _note(field, "inherited"):
                inherited[name] = getattr(earlier, name)
                if name in self.model_fields_set and getattr(self, name) != inherited[name]:
                    faults.append(f"`{field.alias}` is {inherited[name]} there, not {getattr(self, name)}")
        if faults:
            raise HyperparameterError(
                f"The earlier model cannot be continued with other values: {', '.join(faults)}. They shape "
                "the network: give the earlier values, or leave them out."
            )
        return self.model_copy(update=inherited)

    @property
    def variables_per_row(self) -> int:
        """The number of variables that a row has, one after the other. In JSON, each of several is a list."""
        return 1

    def warnings(self) -> list[str]:
        """Return a sentence for each value that is allowed, but may not do what the user thinks."""
        return []

    def to_dict(self) -> dict[str, int | float | str]:
        """Return every value under the name users write: what `parse` reads back."""
        return self.model_dump(by_alias=True)


def _note(field: FieldInfo, name: str) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra[name])


def _limits(field: FieldInfo) -> tuple[int | float, ...]:
    return tuple(getattr(entry, key) for key in ("ge", "le") for entry in field.metadata if hasattr(entry, key))
