"""Calls of AWS' API, which can be shown as commands or made; and what its answers mean for an algorithm."""

import json
import shlex
import time
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

from listing.shapes import Json

SECONDS_BETWEEN = 15
SCANNED_ALREADY = ("LimitExceededException", "ValidationException")  # today; or again and again, by Inspector


class RefusedError(Exception):
    """AWS has looked at what it was given, and will not have it."""


class Call(NamedTuple):
    """One call of AWS' API. A path among the parameters stands for the file's contents."""

    service: str
    operation: str
    parameters: Json
    written: Path | None = None  # where the parameters are, if they are many

    def command(self, region: str) -> str:
        """The same by AWS' command line."""
        options = [_option(xform_name(name, "-"), value) for name, value in self.parameters.items()]
        if self.written:
            options = [_option("cli-input-json", f"file://{self.written}")]
        command = ["aws", "s3api" if self.service == "s3" else self.service, xform_name(self.operation, "-")]
        return " ".join([*command, "--region", region, *options])

    def make(self, region: str) -> Json:
        """AWS' answer. Raises BotoCoreError or ClientError."""
        client = boto3.client(self.service, region_name=region)
        given = {name: _contents(value) for name, value in self.parameters.items()}
        return getattr(client, xform_name(self.operation))(**given)


def _option(name: str, value: Any) -> str:
    if value is True:
        return f"--{name}"
    return f"--{name} {shlex.quote(str(value) if isinstance(value, str | Path) else json.dumps(value))}"


def _contents(value: Any) -> Any:
    return value.read_bytes() if isinstance(value, Path) else value


def make(call: Call, region: str) -> None:
    """Make a call, again and again where it asks for something that has not ended. Raises RefusedError."""
    ended = {"DescribeImageScanFindings": scanned, "DescribeAlgorithm": validated}.get(call.operation, lambda _: True)
    try:
        while not ended(call.make(region)):
            time.sleep(SECONDS_BETWEEN)
    except ClientError as error:
        if call.operation != "StartImageScan" or error.response["Error"]["Code"] not in SCANNED_ALREADY:
            raise


def scanned(answer: Json) -> bool:
    """Whether a scan has ended. Raises RefusedError where it found what the Marketplace does not take."""
    status = answer["imageScanStatus"]["status"]
    if status in ("PENDING", "IN_PROGRESS"):
        return False
    found = answer.get("imageScanFindings", {}).get("findingSeverityCounts", {})
    severe = {severity: found[severity] for severity in ("CRITICAL", "HIGH") if found.get(severity)}
    if severe or status not in ("COMPLETE", "ACTIVE"):
        counts = ", ".join(f"{count} {severity}" for severity, count in severe.items()) or "nothing severe"
        raise RefusedError(f"The image's scan ended as {status} and found {counts}: mend the image, push it again.")
    return True


def validated(answer: Json) -> bool:
    """Whether SageMaker has tried an algorithm. Raises RefusedError where that failed."""
    status, details = answer["AlgorithmStatus"], answer["AlgorithmStatusDetails"]
    if status in ("Pending", "InProgress"):
        return False
    if status != "Completed":
        tried = details.get("ValidationStatuses", []) + details.get("ImageScanStatuses", [])
        reasons = " ".join(each["FailureReason"] for each in tried if "FailureReason" in each)
        raise RefusedError(
            f"{answer['AlgorithmName']} ended as {status}: {reasons or 'no reason is given.'} "
            "Mend that, and take another version: the name is used up."
        )
    return True
