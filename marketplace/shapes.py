"""Does a document fit a shape of AWS' API? By the model that botocore carries, and in full.

When botocore sends a request, it checks what is missing, unknown or of another type, and minima. Enumerations,
patterns and maxima it leaves to the service.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

TYPES: dict[str, tuple[Any, str]] = {  # and what messages call them
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list,), "a list"),
    "string": ((str,), "a string"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "timestamp": ((datetime,), "a time"),
    "blob": ((bytes, str), "bytes"),
}
SHOWN = 60  # characters of a value

Json = dict[str, Any]


@cache
def operation(name: str, service: str = "sagemaker") -> OperationModel:
    """An operation of AWS, whose `input_shape` and `output_shape` say what it takes and answers."""
    return botocore.session.get_session().get_service_model(service).operation_model(name)


def faults(shape: Shape, value: Any) -> list[str]:
    """All that is wrong with a value: where, what, and what would be right."""
    return list(_faults(shape, value, ""))


def _faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    types, article = TYPES[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        yield f"{path}: {_shown(value)} is not {article}."
        return
    match shape:
        case StructureShape():
            yield from _members(shape, value, path)
        case ListShape():
            yield from _size(shape, len(value), path, " items")
            for index, item in enumerate(value):
                yield from _faults(shape.member, item, f"{path}[{index}]")
        case MapShape():
            yield from _size(shape, len(value), path, " entries")
            for key, item in value.items():
                yield from _faults(shape.key, key, f"{path}.{key}")
                yield from _faults(shape.value, item, f"{path}.{key}")
        case _ if isinstance(value, str):
            yield from _text(shape, value, path)
        case _ if isinstance(value, bytes):
            yield from _size(shape, len(value), path, " bytes")
        case _:
            yield from _size(shape, value, path, "")


def _members(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    prefix = f"{path}." if path else ""
    yield from (f"{prefix}{name} is missing." for name in shape.required_members if name not in value)
    for name, item in value.items():
        if name in shape.members:
            yield from _faults(shape.members[name], item, prefix + name)
        else:
            yield f"{prefix}{name} is unknown: {shape.name} has {', '.join(shape.members)}."


def _text(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _size(shape, len(value), path, " characters")
    if (choices := shape.metadata.get("enum")) and value not in choices:
        more = f" and {len(choices) - 8} more" if len(choices) > 8 else ""
        yield f"{path}: {_shown(value)} is none of {', '.join(choices[:8])}{more}."
    pattern = shape.metadata.get("pattern")
    if pattern and (compiled := expression(pattern)) and not compiled.fullmatch(value):
        yield f"{path}: {_shown(value)} does not match {pattern}."


def _size(shape: Shape, size: float, path: str, unit: str) -> Iterator[str]:
    least, most = (shape.metadata.get(limit, size) for limit in ("min", "max"))
    if size < least:
        yield f"{path}: {size}{unit}, but {least} is the least."
    if size > most:
        yield f"{path}: {size}{unit}, but {most} is the most."


@cache
def expression(pattern: str) -> re.Pattern[str] | None:
    """A pattern of AWS as Python's; None for one that is none in any language: two repeat their final `$`."""
    try:
        return re.compile(re.sub(r"\\p\{(\w+)\}", lambda match: _property(match[1]), pattern))
    except re.error:
        return None


def _property(name: str) -> str:
    r"""What `\p{name}` stands for in a class of characters: a category of Unicode by its first letter, or `Alnum`."""
    if name == "Alnum":
        return "A-Za-z0-9"
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code))[0] == name:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
