"""The commands of docs/operations.md that make an alarm of the log: AWS' own models accept them."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.model import Shape

from marketplace.aws_model import faults, operation

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
(BLOCK,) = re.findall(r"```bash\n(logs=.*?)```", PAGE, re.DOTALL)


def value_of(text: str, shape: Shape) -> Any:
    """A value as AWS' command line reads it: JSON, `name=value,...`, or a list of one."""
    if shape.type_name == "list":
        return json.loads(text) if text.startswith("[") else [value_of(text, shape.member)]
    if shape.type_name == "structure":
        return dict(pair.split("=", 1) for pair in text.split(","))
    return {"integer": int, "double": float}.get(shape.type_name, str)(text)


def test_the_commands_fit_aws_models():
    settings, *commands = BLOCK.replace("\\\n", " ").split("\naws ")
    variables = dict(word.split("=", 1) for word in shlex.split(settings))
    assert len(commands) == 3
    for command in commands:
        service, name, *options = shlex.split(command)
        shape = operation(name.title().replace("-", ""), service).input_shape
        members = {f"--{xform_name(member, '-')}": member for member in shape.members}
        request = {}
        for option, text in zip(options[::2], options[1::2], strict=True):
            member = members[option]
            request[member] = value_of(variables.get(text.removeprefix("$"), text), shape.members[member])
        assert faults(shape, request) == ""
