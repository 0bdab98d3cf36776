"""Is an image the one to list? Its labels say what it was built from."""

import shlex
import subprocess

from listing.errors import RefusedError
from listing.folder import FOLDER
from listing.shapes import Json

LOCAL = "seriesbox:gpu"


def build(image: str) -> str:
    """The command that makes it."""
    return f"scripts/build --build-arg TORCH_BUILD=cu130 --tag {shlex.quote(image)}"


def head() -> str:
    """The commit that is checked out. Raises RefusedError."""
    command = ["git", "-C", str(FOLDER), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        raise RefusedError(f"git knows no commit of {FOLDER.parent}: list from a clone of the repository.") from None


def fits(image: str, version: str, labels: Json) -> None:
    """Raises RefusedError for an image of another version or commit, or without CUDA."""

    def label(name: str) -> str:
        return labels.get(name) or "unknown"

    built, wanted = label("org.opencontainers.image.revision"), head()
    if (labelled := label("org.opencontainers.image.version")) != version:
        reason = f"its version is {labelled}, not {version}."
    elif built.endswith("-dirty"):
        reason = "it was built from files that are in no commit: commit them first."
    elif built != wanted:
        reason = f"it was built from the commit {built}, and {wanted} is checked out."
    elif not (torch := label("seriesbox.torch-build")).startswith("cu"):
        reason = f"its build of torch is {torch}, and instances with GPUs need one for CUDA."
    else:
        return
    raise RefusedError(f"{image} is not the image to list: {reason} Build it with: {build(image)}")
