"""Calls of AWS' command line, read as requests of its API."""

import json
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import Shape

from marketplace import aws_model

GLOBAL = {"--region", "--query", "--output", "--no-paginate"}


def read(words: list[str]) -> tuple[str, dict[str, Any]]:
    """Return operation and parameters of `aws SERVICE OPERATION ...`, which must fit AWS' model."""
    _, service, verb, *options = words
    service, session = {"s3api": "s3"}.get(service, service), botocore.session.get_session()
    operations = {xform_name(name, "-"): name for name in session.get_service_model(service).operation_names}
    if verb == "wait":
        waiters = session.get_waiter_model(service)
        operations = {xform_name(name, "-"): waiters.get_waiter(name).operation for name in waiters.waiter_names}
        verb, *options = options
    shape = aws_model.operation(operations[verb], service).input_shape
    parameters = _parameters(shape, options)
    assert not (wrong := aws_model.faults(shape, parameters)), wrong
    return operations[verb], parameters


def _parameters(shape: Shape, options: list[str]) -> dict[str, Any]:
    texts: dict[str, str] = {}
    for word in options:
        if word.startswith("--"):
            texts[option := word] = ""
        else:
            texts[option] = texts[option] or word  # a file for the answer may follow
    if file := texts.pop("--cli-input-json", "").removeprefix("file://"):
        return json.loads(Path(file).read_text())
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    return {
        members[option]: _value(shape.members[members[option]], text)
        for option, text in texts.items()
        if option not in GLOBAL
    }


def _value(shape: Shape, text: str) -> Any:
    match shape.type_name:
        case "blob":
            return Path(text.removeprefix("fileb://")).read_bytes()
        case "string":
            return text
        case "boolean":
            return not text
        case "list" if text[0] != "[":
            return [_value(shape.member, text)]
        case "structure" if text[0] != "{":
            return dict([text.split("=")])
        case _:
            return json.loads(text)
