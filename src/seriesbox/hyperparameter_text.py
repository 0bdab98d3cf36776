"""Hyperparameters as text: values as clients write them, and a sentence for each wrong value."""

import difflib
import json
from collections.abc import Iterator
from typing import Any

from pydantic_core import ErrorDetails

from seriesbox.files import printable


def decode(value: Any) -> Any:
    """Return one value as a number or a text, in whichever way a client wrote it; None if it is not given."""
    if value is None or type(value) in (int, float):
        return value
    text = str(value).strip()
    if text in ("", "None", "null"):
        return None
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        return text
    # `true` would pass for the number 1, and no hyperparameter takes a list or an object: the message quotes the text.
    return decoded if type(decoded) in (int, float, str) else text


def explain(faults: list[ErrorDetails], names: list[str]) -> Iterator[str]:
    """Yield a sentence for each fault. If a name resembles none of `names`, a last sentence lists them all."""
    list_names = False
    for fault in faults:
        name, value = printable(fault["loc"][0] if fault["loc"] else fault["input"]), str(fault["input"])[:40]
        match fault["type"] if fault["loc"] else "extra_forbidden":  # a name that is no text has no place
            case "extra_forbidden":
                if name.replace("_", "-") in names:
                    yield f"`{name.replace('_', '-')}` is given twice."
                    continue
                close = difflib.get_close_matches(name.replace("_", "-"), names, n=1, cutoff=0.75)
                list_names |= not close
                yield f"Unknown hyperparameter `{name}`" + (f": did you mean `{close[0]}`?" if close else ".")
            case "greater_than_equal" | "less_than_equal" as kind:
                relation = kind.replace("_than_equal", " than or equal to")
                (limit,) = fault["ctx"].values()
                yield f"`{name}` must be {relation} {limit if isinstance(limit, int) else f'{limit:g}'}, not {value}."
            case "literal_error":
                yield f"`{name}` must be {fault['ctx']['expected']}, not {value!r}."
            case "finite_number":
                yield f"`{name}` must be a finite number, not {value!r}."
            case "value_error":
                yield f"`{name}` must be {fault['ctx']['error']}, not {value}."
            case kind:
                yield f"`{name}` must be {'a whole number' if kind.startswith('int') else 'a number'}, not {value!r}."
    if list_names:
        yield f"The hyperparameters are {', '.join(names)}."
