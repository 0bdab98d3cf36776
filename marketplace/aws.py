"""A call of AWS' API: shown as a command of AWS' command line, or made."""

import json
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

from marketplace.shapes import Json


class Call(NamedTuple):
    """One call. A path among the parameters stands for the file's contents."""

    service: str
    operation: str
    parameters: Json
    written: Path | None = None  # the file with the parameters, where they are many
    passing: tuple[str, ...] = ()  # codes of the errors that are no reason to stop

    def command(self, region: str) -> str:
        """The same call by AWS' command line."""
        options = [_option(xform_name(name, "-"), value) for name, value in self.parameters.items()]
        if self.written:
            options = [_option("cli-input-json", f"file://{self.written}")]
        command = ["aws", "s3api" if self.service == "s3" else self.service, xform_name(self.operation, "-")]
        return " ".join([*command, "--region", region, *options])

    def make(self, region: str) -> Json:
        """AWS' answer, to a List operation all its pages; empty after an error in `passing`.

        Raises BotoCoreError or ClientError.
        """
        client, name = boto3.client(self.service, region_name=region), xform_name(self.operation)
        given = {name: _contents(value) for name, value in self.parameters.items()}
        try:
            answer: Json
            if self.operation.startswith("List"):
                answer = client.get_paginator(name).paginate(**given).build_full_result()
            else:
                answer = getattr(client, name)(**given)
            return answer
        except ClientError as error:
            if error.response["Error"]["Code"] not in self.passing:
                raise
            return {}


def _option(name: str, value: Any) -> str:
    if value is True:
        return f"--{name}"
    return f"--{name} {shlex.quote(str(value) if isinstance(value, str | Path) else json.dumps(value))}"


def _contents(value: Any) -> Any:
    return value.read_bytes() if isinstance(value, Path) else value
