"""What AWS' answers mean for a listing. Each function raises RefusedError where there is a reason to stop."""

from marketplace.errors import RefusedError
from marketplace.shapes import Json

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def near(region: str, answer: Json) -> None:
    """Is the bucket in this region?"""
    if (there := answer.get("BucketRegion", region)) != region:
        raise RefusedError(f"The bucket is in {there}: SageMaker takes data from {region}, its own region, alone.")


def pushed(answer: Json) -> None:
    """Does SageMaker take the image that was pushed?"""
    kinds = [image.get("imageManifestMediaType", "an unknown kind") for image in answer.get("imageDetails", [])]
    if not kinds:
        raise RefusedError("ECR does not show the image that was pushed: run the same command again.")
    if kinds != [MANIFEST]:
        raise RefusedError(
            f"The image was pushed as {', '.join(kinds)}, and SageMaker takes {MANIFEST} alone: "
            "scripts/build makes that one."
        )


def scanned(answer: Json) -> None:
    """Did the scan that has ended find nothing that the Marketplace refuses?"""
    state = answer.get("imageScanStatus", {})
    status = state.get("status", "without a status")
    if status not in ("COMPLETE", "ACTIVE"):
        raise RefusedError(f"The image's scan ended as {status}: {state.get('description', 'no reason is given.')}")
    found = answer.get("imageScanFindings", {}).get("findingSeverityCounts")
    if found is None:  # also a clean image has counts, if empty ones
        raise RefusedError(f"The image's scan is {status}, but counts no findings: look at it in ECR's console.")
    severe = [f"{found[severity]} {severity}" for severity in ("CRITICAL", "HIGH") if found.get(severity)]
    if severe:
        raise RefusedError(
            f"The image's scan found {', '.join(severe)}: mend the image, build it again, and run this again."
        )


def validated(name: str, answer: Json) -> None:
    """Has SageMaker trained and used the algorithm?"""
    status, details = answer.get("AlgorithmStatus", "without a status"), answer.get("AlgorithmStatusDetails", {})
    if status == "Deleting":
        raise RefusedError(f"{name} is being deleted: run the same command again when it is gone.")
    if status != "Completed":
        tried = details.get("ValidationStatuses", []) + details.get("ImageScanStatuses", [])
        reasons = " ".join(each["FailureReason"] for each in tried if "FailureReason" in each)
        raise RefusedError(
            f"{name} ended as {status}: {reasons or 'no reason is given.'} "
            "Mend that, and take another version: the name is used up."
        )
