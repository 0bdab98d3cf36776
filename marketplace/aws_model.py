"""AWS' own model of its API, as botocore carries it, applied in full.

Before botocore sends a request, it checks what is missing, unknown, too small or of another type. It leaves
enumerations, patterns and maxima to the service. Here they are checked too.
"""

from functools import cache
from math import inf
from typing import Any

import botocore.session
import regex  # Python's own `re` does not know the Unicode classes in AWS' patterns, such as \p{L}
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator, ValidationErrors

Json = dict[str, Any]


@cache
def operation(name: str, service: str = "sagemaker") -> OperationModel:
    """Return the model of one operation; its `input_shape` and `output_shape` describe request and answer."""
    return botocore.session.get_session().get_service_model(service).operation_model(name)


def faults(shape: Shape, value: Any) -> str:
    """Return a sentence for everything in a request or an answer that does not fit its shape, one on each line."""
    errors = _Errors()
    _Validator()._validate(value, shape, errors, name="")
    return errors.generate_report()


class _Validator(ParamValidator):
    def _validate(self, params: Any, shape: Shape, errors: ValidationErrors, name: str) -> None:
        super()._validate(params, shape, errors, name)
        limits = shape.metadata
        if isinstance(params, bool) and shape.type_name != "boolean":  # which Python takes for a number
            errors.report(name, f"{params} is no {shape.type_name}")
        if "enum" in limits and params not in limits["enum"]:
            errors.report(name, f"{params!r} is none of {', '.join(limits['enum'])}")
        if "pattern" in limits and isinstance(params, str) and not regex.fullmatch(limits["pattern"], params):
            errors.report(name, f"{params!r} does not match {limits['pattern']}")
        size = len(params) if isinstance(params, str | bytes | list | dict) else params
        if isinstance(size, int | float) and size > limits.get("max", inf):
            errors.report(name, f"{size} is more than {limits['max']}")

    def _shape_has_constraints(self, shape: Shape) -> bool:
        """Return True, so that every item of a list is validated."""
        return True


class _Errors(ValidationErrors):
    def _format_error(self, error: tuple[str, str, Json]) -> str:
        reason, name, _ = error
        return super()._format_error(error) or f"Invalid value for parameter {self._get_name(name)}: {reason}"
