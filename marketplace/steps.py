"""From the image here to algorithms that SageMaker has validated, step by step.

Every step may be repeated, so a run that was stopped is simply begun again.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from botocore.exceptions import ClientError

from marketplace import image, verdicts
from marketplace.algorithm import request
from marketplace.aws import Call
from marketplace.docker import Docker, Labels, Login
from marketplace.errors import RefusedError
from marketplace.folder import samples_folder
from marketplace.seller import Seller
from marketplace.shapes import Json
from marketplace.until import Until
from seriesbox.algorithm import ALGORITHMS

REPOSITORY = {"repositoryName": "seriesbox"}
SCAN_ENDED = (
    "COMPLETE",
    "ACTIVE",  # complete, and repeated when new vulnerabilities become known
    "FAILED",
    "UNSUPPORTED_IMAGE",
    "SCAN_ELIGIBILITY_EXPIRED",
    "FINDINGS_UNAVAILABLE",
    "LIMIT_EXCEEDED",
    "IMAGE_ARCHIVED",
    "IMAGE_SIZE_EXCEEDED",
)
VALIDATION_ENDED = ("Completed", "Failed", "Deleting")
VALIDATION_HOURS = 6
Step = Call | Until | Docker | Labels | Login


class Run(NamedTuple):
    """Shows the steps in a region and, where `making`, makes them."""

    region: str
    making: bool

    def __call__(self, step: Step, verdict: Callable[[Json], None] = lambda _: None) -> Json:
        """The answer, if the verdict on it is good; an empty one where nothing is made."""
        print(step.command(self.region), flush=True)
        if not self.making:
            return {}
        answer = step.make(self.region)
        verdict(answer)
        return answer


def create(requests: dict[str, Json], seller: Seller, local: str, folder: Path, run: Run) -> None:
    """Push the image, and create the algorithms by their requests in a folder. Raises RefusedError, or AWS' errors.

    Once an algorithm of the version is there, both it and the version's image stay as they are.
    """
    look_at_bucket(seller, run)
    there = existing(seller, run)
    if not there:
        push(seller, local, run)
        scan(seller.version, run)
    for name, asked in requests.items():
        if asked["AlgorithmName"] not in there:
            upload(name, seller.bucket, run)
            run(Call("sagemaker", "CreateAlgorithm", asked, file(asked, folder)))
    validate([asked["AlgorithmName"] for asked in requests.values()], run)


def file(asked: Json, folder: Path) -> Path:
    """Where a request is written."""
    return folder.absolute() / f"{asked['AlgorithmName']}.json"


def look_at_bucket(seller: Seller, run: Run) -> None:
    """Find a wrong account, region or bucket before anything is made."""
    owned = {"Bucket": seller.bucket, "ExpectedBucketOwner": seller.account}
    try:
        run(Call("s3", "HeadBucket", owned), partial(verdicts.near, seller.region))
    except ClientError as error:  # which has no text: the answer to a HEAD request has no body
        raise RefusedError(
            f"The bucket {seller.bucket} cannot be used ({error.response['Error']['Code']}): it must be there, belong "
            "to the account, and be open to your credentials."
        ) from None


def existing(seller: Seller, run: Run) -> set[str]:
    """The names of the version's algorithms that are there."""
    listed = run(Call("sagemaker", "ListAlgorithms", {"NameContains": seller.version.replace(".", "-")}))
    there = {each["AlgorithmName"] for each in listed.get("AlgorithmSummaryList", [])}
    ours = there & {request(name, seller)["AlgorithmName"] for name in ALGORITHMS}
    for algorithm in sorted(ours):
        print(f"# {algorithm} is there already: it stays, and so does the image of this version.")
    return ours


def push(seller: Seller, local: str, run: Run) -> None:
    """Put the image where SageMaker takes it from."""
    run(Labels(local), partial(image.fits, local, seller.version))
    run(Docker(("tag", local, seller.image)))
    run(Call("ecr", "CreateRepository", REPOSITORY, passing=("RepositoryAlreadyExistsException",)))
    run(Login(seller.registry))
    run(Docker(("push", seller.image)))
    run(Call("ecr", "DescribeImages", REPOSITORY | {"imageIds": [{"imageTag": seller.version}]}), verdicts.pushed)


def scan(version: str, run: Run) -> None:
    """Have ECR look for vulnerabilities in the image; where Inspector scans the registry, it begins by itself."""
    scanned = REPOSITORY | {"imageId": {"imageTag": version}}
    registry = run(Call("ecr", "GetRegistryScanningConfiguration", {})).get("scanningConfiguration", {})
    if registry.get("scanType") != "ENHANCED":
        # An image can be scanned once a day; the findings of an earlier scan today will do.
        run(Call("ecr", "StartImageScan", scanned, passing=("LimitExceededException",)))
    # Just after the start there is no scan yet. Until it has ended, only its status is of interest.
    state = Call("ecr", "DescribeImageScanFindings", scanned | {"maxResults": 1}, passing=("ScanNotFoundException",))
    run(Until(state, "imageScanStatus.status", SCAN_ENDED))
    run(Call("ecr", "DescribeImageScanFindings", scanned), verdicts.scanned)


def upload(name: str, bucket: str, run: Run) -> None:
    """Put the samples where validation takes them from."""
    samples = samples_folder(name)
    for part in sorted(path.relative_to(samples) for path in samples.glob("*/*") if path.is_file()):
        run(Call("s3", "PutObject", {"Bucket": bucket, "Key": f"{name}/samples/{part}", "Body": samples / part}))


def validate(algorithms: list[str], run: Run) -> None:
    """Wait for the algorithms' validation. Raises RefusedError with what is to be said of all that failed."""
    refused = []
    for algorithm in algorithms:
        described = Call("sagemaker", "DescribeAlgorithm", {"AlgorithmName": algorithm})
        try:
            run(Until(described, "AlgorithmStatus", VALIDATION_ENDED, VALIDATION_HOURS))
            if answer := run(described, partial(verdicts.validated, algorithm)):
                print(f"# {algorithm} is valid: {answer.get('AlgorithmArn')}", flush=True)
        except RefusedError as error:
            refused.append(str(error))
    if refused:
        raise RefusedError("\n".join(refused))
