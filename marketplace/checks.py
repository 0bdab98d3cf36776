"""Checks of the answers of AWS and Docker. Each raises PublishError if publishing must stop."""

import subprocess

from marketplace.aws_model import Json
from marketplace.files import FOLDER
from marketplace.instances import CUDA
from marketplace.shell import PublishError

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
TORCH_BUILD = f"cu{CUDA}0"
PACKAGE = ("pyproject.toml", "setup.py", "requirements.txt", "README.md", "LICENSE", "src")
SOURCES = ("Dockerfile", ".dockerignore", "docker", *PACKAGE)  # of the image


def build_command(image: str) -> str:
    """Return the command that builds the image."""
    return f"scripts/build --build-arg TORCH_BUILD={TORCH_BUILD} --tag {image}"


def check_bucket(region: str, answer: Json) -> None:
    """Check that the bucket is in the region."""
    if (actual := answer.get("BucketRegion", region)) != region:
        raise PublishError(f"The bucket is in {actual}: SageMaker reads data of its own region only, {region}.")


def check_labels(image: str, version: str, labels: Json | None) -> None:
    """Check that the image is of this version, of the sources that are checked out, and built for CUDA."""
    names = ("org.opencontainers.image.version", "org.opencontainers.image.revision", "seriesbox.torch-build")
    labelled, commit, build = ((labels or {}).get(name) or "unknown" for name in names)
    if labelled != version:
        reason = f"its version is {labelled}, not {version}."
    elif commit.endswith("-dirty"):
        reason = "it was built from files that are in no commit: commit them first."
    elif not is_current(commit):
        reason = f"it was built from commit {commit}, and its sources have changed since."
    elif build != TORCH_BUILD:
        reason = f"its build of torch is {build}, but pages and instances are for {TORCH_BUILD}."
    else:
        return
    raise PublishError(f"{image} is not the image to publish: {reason} Build it with: {build_command(image)}")


def is_current(commit: str) -> bool:
    """Return True if the image's sources are the same in a commit and in the one that is checked out."""
    command = ["git", "-C", str(FOLDER.parent), "diff", "--quiet", commit, "HEAD", "--", *SOURCES]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def check_manifest(answer: Json) -> None:
    """Check that SageMaker accepts the image that was pushed."""
    types = [image.get("imageManifestMediaType", "an unknown type") for image in answer.get("imageDetails", [])]
    if not types:
        raise PublishError("ECR does not show the image that was pushed: run the same command again.")
    if types != [MANIFEST]:
        raise PublishError(
            f"The image was pushed as {', '.join(types)}, but SageMaker takes {MANIFEST} only: use scripts/build."
        )


def check_scan(answer: Json) -> None:
    """Check that a finished scan found nothing that the Marketplace refuses."""
    scan = answer.get("imageScanStatus", {})
    status = scan.get("status")
    if status not in ("COMPLETE", "ACTIVE"):  # an active scan is complete, and repeated for new vulnerabilities
        raise PublishError(f"The image's scan ended as {status}: {scan.get('description', 'no reason is given.')}")
    counts = answer.get("imageScanFindings", {}).get("findingSeverityCounts")
    if counts is None:  # a clean image has counts too, if empty ones
        raise PublishError(f"The image's scan is {status}, but counts no findings: look at it in ECR's console.")
    severe = [f"{counts[severity]} {severity}" for severity in ("CRITICAL", "HIGH") if counts.get(severity)]
    if severe:
        raise PublishError(
            f"The image's scan found {', '.join(severe)} vulnerabilities: remove them, build the image again, and run "
            "the same command again."
        )


def check_validation(answer: Json) -> None:
    """Check that SageMaker has validated the algorithm."""
    name, status = answer.get("AlgorithmName"), answer.get("AlgorithmStatus")
    if status == "Deleting":
        raise PublishError(f"{name} is being deleted: run the same command again when it is gone.")
    if status != "Completed":
        details = answer.get("AlgorithmStatusDetails", {})
        statuses = details.get("ValidationStatuses", []) + details.get("ImageScanStatuses", [])
        reasons = " ".join(each["FailureReason"] for each in statuses if "FailureReason" in each)
        raise PublishError(
            f"{name} ended as {status}: {reasons or 'no reason is given.'} Correct that in a new version: this one's "
            "name cannot be used again."
        )
    print(f"# {name} is valid: {answer.get('AlgorithmArn')}", flush=True)
