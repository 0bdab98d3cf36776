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
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DONE_ALREADY = {  # so that a second run goes on where the first one ended
    "CreateRepository": ("RepositoryAlreadyExistsException",),
    "StartImageScan": ("LimitExceededException", "ValidationException"),  # today; or again and again, by Inspector
}


class RefusedError(Exception):
    """What was given will not do: AWS says so, Docker, or a check of our own."""


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
        """AWS' answer, asked for again while what it tells of goes on; nothing where that was done before.

        Raises RefusedError, BotoCoreError or ClientError.
        """
        ask = getattr(boto3.client(self.service, region_name=region), xform_name(self.operation))
        given = {name: _contents(value) for name, value in self.parameters.items()}
        ended = ENDED.get(self.operation, lambda _: True)
        try:
            while not ended(answer := ask(**given)):
                time.sleep(SECONDS_BETWEEN)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if self.operation == "HeadBucket":  # whose refusals have no text
                raise RefusedError(
                    f"The bucket {self.parameters['Bucket']} cannot be used ({code}): it must be there, belong to the "
                    "account, and be open to your credentials."
                ) from None
            if code not in DONE_ALREADY.get(self.operation, ()):
                raise
            return {}
        if (there := answer.get("BucketRegion", region)) != region:
            raise RefusedError(f"The bucket is in {there}: SageMaker takes data from {region}, its own region, alone.")
        return answer


def _option(name: str, value: Any) -> str:
    if value is True:
        return f"--{name}"
    return f"--{name} {shlex.quote(str(value) if isinstance(value, str | Path) else json.dumps(value))}"


def _contents(value: Any) -> Any:
    return value.read_bytes() if isinstance(value, Path) else value


def taken(answer: Json) -> bool:
    """Whether SageMaker takes an image that was pushed. Raises RefusedError."""
    (image,) = answer["imageDetails"]
    if image["imageManifestMediaType"] != MANIFEST:
        raise RefusedError(
            f"The image was pushed as {image['imageManifestMediaType']}, and SageMaker takes {MANIFEST} alone: "
            "scripts/build makes that one."
        )
    return True


def scanned(answer: Json) -> bool:
    """Whether a scan has ended. Raises RefusedError where it found what the Marketplace does not take."""
    status = answer["imageScanStatus"]["status"]
    if status in ("PENDING", "IN_PROGRESS"):
        return False
    if status not in ("COMPLETE", "ACTIVE"):
        reason = answer["imageScanStatus"].get("description", "no reason is given.")
        raise RefusedError(f"The image's scan ended as {status}: {reason}")
    found = answer.get("imageScanFindings", {}).get("findingSeverityCounts", {})
    severe = [f"{found[severity]} {severity}" for severity in ("CRITICAL", "HIGH") if found.get(severity)]
    if severe:
        raise RefusedError(
            f"The image's scan found {', '.join(severe)}: mend the image, build it again, and run this again."
        )
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


ENDED = {"DescribeImages": taken, "DescribeImageScanFindings": scanned, "DescribeAlgorithm": validated}
